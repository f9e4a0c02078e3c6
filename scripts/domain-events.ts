import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const SOURCES = fileURLToPath(new URL('../src', import.meta.url));
const BASE = 'DomainEvent';

/** An event as listed in the documentation. */
interface DocumentedEvent {
  readonly name: string;
  readonly fields: readonly string[];
  /** The fields that the audit trail keeps as details, or `undefined` if the event is not in the trail. */
  readonly trail: readonly string[] | undefined;
  /** When it happens: the comment on its class. */
  readonly when: string;
}

/** All event classes, read from the sources: at run time, a class does not know its fields. */
export function domainEvents(): DocumentedEvent[] {
  return ts.sys
    .readDirectory(SOURCES, ['.ts'])
    .sort()
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => text.includes(BASE))
    .map(({ file, text }) => ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true))
    .flatMap((source) => source.statements.filter(ts.isClassDeclaration).filter(isEvent).map(toDocumented));
}

function isEvent({ heritageClauses }: ts.ClassDeclaration): boolean {
  return heritageClauses?.some(({ types }) => types.some(({ expression }) => expression.getText() === BASE)) ?? false;
}

function toDocumented(declaration: ts.ClassDeclaration): DocumentedEvent {
  const name = declaration.name?.text ?? '';
  const [comment] = ts.getJSDocCommentsAndTags(declaration).filter(ts.isJSDoc);
  const when = ts.getTextOfJSDocComment(comment?.comment)?.replace(/\s+/g, ' ');
  if (when === undefined) throw new Error(`the event ${name} has no comment that says when it happens`);
  const isStatic = ({ modifiers }: ts.PropertyDeclaration): boolean =>
    modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword) ?? false;
  const properties = declaration.members.filter(ts.isPropertyDeclaration).filter((member) => !isStatic(member));
  const fields = properties.map((member) => member.name.getText());
  return { name, fields, trail: trailOf(name, declaration), when };
}

function trailOf(name: string, { members }: ts.ClassDeclaration): string[] | undefined {
  const declared = members.find(
    (member): member is ts.PropertyDeclaration => ts.isPropertyDeclaration(member) && member.name.getText() === 'trail',
  )?.initializer;
  if (declared?.kind === ts.SyntaxKind.FalseKeyword) return undefined;
  if (declared && ts.isArrayLiteralExpression(declared))
    return declared.elements.filter(ts.isStringLiteral).map(({ text }) => text);
  throw new Error(`the event ${name} does not say whether it is in the audit trail`);
}
