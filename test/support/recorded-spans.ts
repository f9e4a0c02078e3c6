import { context, propagation, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-node';
import { RunRecord } from './secrets/run-record.js';

/** The spans of this process. */
export interface RecordedSpans {
  /** The ended spans, oldest first. */
  all(): ReadableSpan[];
  named(name: string): ReadableSpan[];
  /** The names of the attributes of all spans so far. */
  attributes(): readonly string[];
  /** The only span with a name. */
  one(name: string): ReadableSpan;
  reset(): void;
  stop(): Promise<void>;
}

/** Registers an SDK, as an application does before it creates a subgraph. Its spans are searched for secrets. */
export function recordSpans(): RecordedSpans {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  const all = (): ReadableSpan[] => exporter.getFinishedSpans();
  const named = (name: string): ReadableSpan[] => all().filter((span) => span.name === name);
  const attributes = new Set<string>();
  const note = (): void => {
    for (const name of all().flatMap((span) => Object.keys(span.attributes))) attributes.add(name);
    for (const { attributes, events, links, name, status } of all())
      RunRecord.ofRun().log('spans', JSON.stringify({ name, attributes, events, links, status }));
  };
  return {
    all,
    named,
    attributes() {
      note();
      return [...attributes].sort();
    },
    one(name) {
      const [span, ...others] = named(name);
      const names = all().map((each) => each.name);
      if (!span || others.length > 0) throw new Error(`not one span is named ${name}, but: ${names.join(', ')}`);
      return span;
    },
    reset() {
      note();
      exporter.reset();
    },
    async stop() {
      note();
      await provider.shutdown();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
