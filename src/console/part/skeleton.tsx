// Holds the place of what is still to come, so that nothing jumps when it does.

export function Skeleton({ lines }: { readonly lines: number }) {
  return (
    <div class="skeleton" role="status">
      <span class="unseen">Loading</span>
      {Array.from({ length: lines }, (_, at) => (
        <div key={at} class="skeleton-line" />
      ))}
    </div>
  )
}

/** The same, as rows of a table. */
export function SkeletonRows({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  return (
    <>
      {Array.from({ length: rows }, (_, at) => (
        <tr key={at} class="skeleton-row">
          {Array.from({ length: columns }, (_, column) => (
            <td key={column}>
              <div class="skeleton-line" />
            </td>
          ))}
        </tr>
      ))}
    </>
  )
}
