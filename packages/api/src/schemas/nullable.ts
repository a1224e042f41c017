import { Type, type Static, type TSchema } from 'typebox'

/** A field that is always there, `null` when there is nothing to say, as in the reference. */
export function nullable<Schema extends TSchema>(
  schema: Schema,
): ReturnType<typeof Type.Unsafe<Static<Schema> | null>> {
  const { type, enum: words } = schema as { type?: string; enum?: readonly unknown[] }
  return Type.Unsafe<Static<Schema> | null>({
    ...schema,
    type: [type, 'null'],
    ...(words === undefined ? {} : { enum: [...words, null] }),
  })
}
