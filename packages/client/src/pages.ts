/** Some items, and where the next ones begin. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** `undefined` on the last one. */
  readonly nextCursor: string | undefined
}

/** Where the page behind an answer begins. */
export const nextCursorOf = (headers: Headers): string | undefined => headers.get('x-next-cursor') ?? undefined

/** All items from a cursor on; asks for the next page when the one before is used up. */
export async function* overPages<Item>(
  read: (from: { readonly cursor?: string }) => Promise<Page<Item>>,
  first: string | undefined,
): AsyncGenerator<Item> {
  let cursor = first
  do {
    const page = await read(cursor === undefined ? {} : { cursor })
    yield* page.items
    cursor = page.nextCursor
  } while (cursor !== undefined)
}
