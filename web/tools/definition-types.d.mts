export const KEPT: string
export function definitionTypes(): Promise<string>
