export const domainLibraries: readonly string[];
export const workflowLibraries: readonly string[];
export function targetOf(from: string, specifier: string): string | null;
export function importFault(from: string, specifier: string, typeOnly: boolean): string | null;
