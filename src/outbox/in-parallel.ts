const AT_ONCE = 10;

/** Works through the items, ten at a time. The first error ends it, when what runs has come to its end. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined && !failed; item = left.shift()) {
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
