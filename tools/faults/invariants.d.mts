export function jobFlaws(job: object, device: object): string[]
export function deviceFlaws(parts: { readonly witness: object; readonly sessionLimit: number }): string[]
