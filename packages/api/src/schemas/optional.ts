import { Type } from 'typebox'

/** Reference clients send `null` for what they leave out: the same as leaving it out. */
export const optional = <Value>(schema: { readonly type: string; readonly [keyword: string]: unknown }) =>
  Type.Optional(Type.Unsafe<Value | null>({ ...schema, type: [schema.type, 'null'] }))
