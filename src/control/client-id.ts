// What names a venue in a request for a sync; the same over HTTP and on the command line.

import { z } from 'zod'

/** As the source prints it: one venue has one name. */
export const ClientId = z.string().regex(/^[1-9]\d{0,14}$/u, 'is no client_id: a whole number above 0')
