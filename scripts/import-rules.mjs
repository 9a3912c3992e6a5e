/**
 * Who may import whom (docs: CONTRIBUTING, "Folders"). One table with two enforcers: the lint rule
 * `baton/boundaries` shows a fault in the editor, `test/imports.test.ts` walks the whole tree.
 */
import { posix } from 'node:path';

/** Libraries the pure core may use: deterministic, no I/O, no framework. */
export const domainLibraries = ['jsondiffpatch', 're2js', 'zod'];
/** Libraries that may be part of the workflow bundle. */
export const workflowLibraries = ['@temporalio/workflow', '@temporalio/common'];
const activityLibraries = ['@temporalio/activity', '@temporalio/common'];
const storageLibraries = ['typeorm', 'pg', 'graphile-worker', '@nestjs/typeorm'];

const inside = (path, folder) => path === folder || path.startsWith(`${folder}/`);
const isLibrary = (name, list) => list.some((library) => inside(name, library));

/** @typedef {{ from: string, specifier: string, target: string | null, typeOnly: boolean }} Import */

/**
 * The rules in order; the first whose `applies` holds for the importing file decides.
 * Paths are relative to the project, with `/`; `target` is null for a library.
 * @type {{ folder: string, says: string, allows: (i: Import) => boolean }[]}
 */
const rules = [
  {
    folder: 'src/domain',
    says: `src/domain is pure: it imports itself and ${domainLibraries.join(', ')} only`,
    allows: ({ specifier, target }) =>
      target === null ? domainLibraries.includes(specifier) : inside(target, 'src/domain'),
  },
  {
    folder: 'workflows',
    says: `workflows imports ${workflowLibraries.join(', ')}, src/domain, itself, and types of activities only`,
    allows: ({ specifier, target, typeOnly }) =>
      target === null
        ? workflowLibraries.includes(specifier)
        : inside(target, 'workflows') ||
          inside(target, 'src/domain') ||
          (typeOnly && inside(target, 'activities')),
  },
  {
    folder: 'activities',
    says: `activities imports ${activityLibraries.join(', ')}, src/domain, itself, and types of services only`,
    allows: ({ specifier, target, typeOnly }) =>
      target === null
        ? typeOnly || activityLibraries.includes(specifier)
        : inside(target, 'activities') || inside(target, 'src/domain') || typeOnly,
  },
  {
    folder: 'src/http',
    says: 'src/http speaks to services, stores and src/domain: no database library, no Temporal, no process',
    allows: ({ specifier, target }) =>
      target === null
        ? !isLibrary(specifier, storageLibraries) && !specifier.startsWith('@temporalio/')
        : !['workflows', 'activities', 'src/cli', 'src/embedded', 'test'].some((f) => inside(target, f)),
  },
  {
    folder: 'src/db',
    says: 'src/db is the lowest layer: it knows no HTTP, no Temporal, no workflow, no command',
    allows: ({ specifier, target }) =>
      target === null
        ? !specifier.startsWith('@temporalio/')
        : !['src/http', 'workflows', 'activities', 'src/cli', 'src/embedded', 'test'].some((f) =>
            inside(target, f),
          ),
  },
  {
    folder: 'src',
    says: 'only the worker joins activities to services; only messages come out of workflows; nothing from test',
    allows: ({ from, target, typeOnly }) => {
      if (target === null) return true;
      if (inside(target, 'activities')) return typeOnly || /^src\/worker(\/|\.ts$)/.test(from);
      if (inside(target, 'workflows')) return typeOnly || target.endsWith('.messages.ts');
      return !inside(target, 'test');
    },
  },
];

/** The project path an import leads to (`.js` written, `.ts` meant), or null for a library. */
export function targetOf(from, specifier) {
  if (!specifier.startsWith('.')) return null;
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/**
 * Says what is wrong with an import, or null.
 * @param {string} from importing file, relative to the project, with `/`
 * @param {string} specifier as written
 * @param {boolean} typeOnly erased by the compiler
 */
export function importFault(from, specifier, typeOnly) {
  const rule = rules.find(({ folder }) => inside(from, folder));
  if (!rule) return null;
  const target = targetOf(from, specifier);
  return rule.allows({ from, specifier, target, typeOnly }) ? null : rule.says;
}

/** ESLint plugin with the one rule `boundaries`. */
export const importBoundaries = {
  rules: {
    boundaries: {
      meta: { type: 'problem', schema: [{ type: 'object' }], messages: { fault: '{{fault}}' } },
      create(context) {
        const root = context.options[0].root;
        const from = context.filename.slice(root.length).replaceAll('\\', '/');
        const check = (node, typeOnly) => {
          if (typeof node?.value !== 'string') return;
          const fault = importFault(from, node.value, typeOnly);
          if (fault) context.report({ node, messageId: 'fault', data: { fault } });
        };
        const typed = (node, kind) =>
          node[kind] === 'type' ||
          (node.specifiers?.length > 0 && node.specifiers.every((specifier) => specifier[kind] === 'type'));
        return {
          ImportDeclaration: (node) => check(node.source, typed(node, 'importKind')),
          ExportNamedDeclaration: (node) => check(node.source, typed(node, 'exportKind')),
          ExportAllDeclaration: (node) => check(node.source, node.exportKind === 'type'),
          ImportExpression: (node) => check(node.source, false),
          TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
        };
      },
    },
  },
};
