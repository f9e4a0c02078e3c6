import { setTimeout as delay } from 'node:timers/promises';
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api';
import { nameOf } from '../../platform/error-codes.js';
import type { StatementObserver } from '../../platform/database/statement-observer.js';
import { FAILURE_CODES } from './metrics.js';
import type { TracedDelivery, Tracing } from './tracing.js';

/** The instrumentation scope. */
const SCOPE = 'auth-subgraph';
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const FAILURES: ReadonlySet<string> = new Set(FAILURE_CODES);

/** The exporter may wait for a collector that is unavailable. */
const FLUSH_MS = 2_000;

/** The provider of the API: it has no tracer to pass on until an SDK is registered. */
interface PassingProvider {
  getDelegateTracer?(name: string): Tracer | undefined;
  getDelegate?(): FlushingProvider;
}

/** The provider of an SDK. */
interface FlushingProvider {
  forceFlush?(): Promise<void>;
}

/** The tracer of the SDK that the process has registered, or `undefined` if there is none. */
export function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider() as TracerProvider & PassingProvider;
  return provider.getDelegateTracer ? provider.getDelegateTracer(SCOPE) : provider.getTracer(SCOPE);
}

/** Exports the spans that the SDK still holds, as far as that takes less than two seconds. Without an SDK there are none. */
export async function flushSpans(): Promise<void> {
  const provider = trace.getTracerProvider() as PassingProvider & FlushingProvider;
  const flush = async (): Promise<void> => (provider.getDelegate?.() ?? provider).forceFlush?.();
  // Exporters report their failures themselves.
  await Promise.race([flush().catch(() => undefined), delay(FLUSH_MS, undefined, { ref: false })]);
}

/** How a span describes what a root field returns. */
interface FieldResults<T> {
  /** Waits for the items of a list; rejects with the first error of an item. */
  readonly allOf: (result: T) => Promise<void>;
  readonly outcomeOf: (result: T) => string;
  /** The public code of an error. */
  readonly codeOf: (error: unknown) => string;
}

/**
 * Does work in the trace that the headers of a request name, unless it already is in one, as with the HTTP instrumentation
 * of OpenTelemetry.
 */
export function inTraceOf<T>(headers: Readonly<Record<string, unknown>>, work: () => T): T {
  if (trace.getActiveSpan()) return work();
  return context.with(propagation.extract(context.active(), headers), work);
}

/**
 * Creates spans. Their names and attributes come from the code. They contain nothing of a request, no value of a statement
 * and no message of an error.
 */
export class OpenTelemetryTracing implements Tracing, StatementObserver {
  /** The spans in which requests asked something of a gathered statement. */
  private readonly askers = new WeakMap<object, SpanContext>();

  constructor(private readonly tracer: Tracer) {}

  current(): string | undefined {
    const span = trace.getSpanContext(context.active());
    if (!span || !isSampled(span)) return undefined;
    return `00-${span.traceId}-${span.spanId}-01`;
  }

  /** Resolves a root field. */
  async field<T>(name: string, resolve: () => T | Promise<T>, results: FieldResults<T>): Promise<T> {
    return this.inSpan(`auth.${name}`, { kind: SpanKind.INTERNAL }, context.active(), async (span) => {
      const failed = (error: unknown): void => {
        const code = results.codeOf(error);
        span.setAttribute('auth.outcome', code);
        if (FAILURES.has(code)) fail(span, error, code);
      };
      try {
        const result = await resolve();
        await results.allOf(result).then(() => span.setAttribute('auth.outcome', results.outcomeOf(result)), failed);
        return result;
      } catch (error) {
        failed(error);
        throw error;
      }
    });
  }

  passwordVerification<T>(verify: () => Promise<T>): Promise<T> {
    return this.inSpan('auth.password.verify', { kind: SpanKind.INTERNAL }, context.active(), failing(verify));
  }

  noteAsked(asked: object): void {
    const span = trace.getSpanContext(context.active());
    if (span) this.askers.set(asked, span);
  }

  /** Work that nobody traces, such as polling, has no spans of statements. */
  run<Result>(name: string, statement: () => Promise<Result>, asked?: readonly object[]): Promise<Result> {
    const { parent, links } = asked ? this.askersOf(asked) : { parent: context.active(), links: [] };
    if (!trace.getSpanContext(parent)) return statement();
    const attributes = { 'db.system.name': 'postgresql', ...(asked && { 'auth.statement.lookups': asked.length }) };
    return this.inSpan(
      `auth.statement ${name}`,
      { kind: SpanKind.CLIENT, attributes, links },
      parent,
      failing(statement),
    );
  }

  delivery<T>({ cause, event, eventId, listener }: TracedDelivery, work: () => Promise<T>): Promise<T> {
    const causing = cause === undefined ? undefined : readTraceparent(cause);
    const attributes = { 'auth.event.id': eventId, 'auth.listener': listener };
    const links = causing ? [{ context: causing }] : [];
    return this.inSpan(
      `auth.deliver ${event}`,
      { kind: SpanKind.CONSUMER, attributes, links },
      ROOT_CONTEXT,
      failing(work),
    );
  }

  /** A statement for several requests has one parent, which should be a trace that is kept. It links to the others. */
  private askersOf(asked: readonly object[]): { parent: Context; links: { context: SpanContext }[] } {
    const spans = asked.flatMap((each) => this.askers.get(each) ?? []);
    const first = spans.find(isSampled) ?? spans[0];
    if (!first) return { parent: ROOT_CONTEXT, links: [] };
    const others = spans.filter((span) => span.spanId !== first.spanId);
    return { parent: trace.setSpanContext(ROOT_CONTEXT, first), links: others.map((span) => ({ context: span })) };
  }

  private async inSpan<T>(
    name: string,
    options: SpanOptions,
    parent: Context,
    work: (span: Span) => Promise<T>,
  ): Promise<T> {
    const span = this.tracer.startSpan(name, options, parent);
    try {
      return await context.with(trace.setSpan(parent, span), () => work(span));
    } finally {
      span.end();
    }
  }
}

/** Marks the span if the work fails. */
function failing<T>(work: () => Promise<T>): (span: Span) => Promise<T> {
  return async (span) => {
    try {
      return await work();
    } catch (error) {
      fail(span, error);
      throw error;
    }
  };
}

/** The message of an error may quote values, so only its class and code are recorded. */
function fail(span: Span, error: unknown, message?: string): void {
  span.setAttribute('error.type', nameOf(error));
  const state = error instanceof Error ? (sqlStateOf(error) ?? sqlStateOf(error.cause)) : undefined;
  if (state !== undefined) span.setAttribute('db.response.status_code', state);
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message !== undefined && { message }) });
}

/** Only errors from the server have a severity; system errors such as `EPIPE` have a code too. */
function sqlStateOf(error: unknown): string | undefined {
  const { code, severity } = (error ?? {}) as { code?: unknown; severity?: unknown };
  return typeof severity === 'string' && typeof code === 'string' ? code : undefined;
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}

function readTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags = ''] = TRACEPARENT.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
