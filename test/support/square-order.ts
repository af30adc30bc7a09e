// An order as Square's reference has it, with its lines and what belongs to it.

export type Thing = { [name: string]: unknown } & { id: string }

export interface OrderParts {
  readonly id: string
  readonly location: string
  readonly lines: readonly Thing[]
  /** Orders of the register have none. */
  readonly version: number | null
  readonly created: string
  readonly updated: string
  readonly isPickup: boolean
  readonly isRefunded: boolean
}

export function squareOrder({
  id,
  location,
  lines,
  version,
  created,
  updated,
  isPickup,
  isRefunded,
}: OrderParts): Thing {
  const total = usd(lines.reduce((sum, { total_money }) => sum + (total_money as { amount: number }).amount, 0))
  const paid = { location_id: location, transaction_id: id, created_at: updated }
  const card_details = { status: 'CAPTURED', card: { card_brand: 'VISA', last_4: '1111' } }
  return {
    ...{ id, location_id: location, state: 'COMPLETED', source: { name: 'Register' }, line_items: lines },
    ...(version === null ? {} : { version }),
    ...{ total_money: total, total_tax_money: usd(0), net_amounts: { total_money: total } },
    ...{ created_at: created, updated_at: updated, closed_at: updated },
    tenders: [{ id: `tender-${id}`, ...paid, amount_money: total, type: 'CARD', card_details }],
    ...(isPickup && {
      fulfillments: [
        {
          ...{ uid: 'f1', type: 'PICKUP', state: 'PROPOSED' },
          pickup_details: { recipient: { display_name: 'Ann' }, pickup_at: updated },
        },
      ],
    }),
    ...(isRefunded && {
      refunds: [
        {
          id: `refund-${id}`,
          ...paid,
          tender_id: `tender-${id}`,
          reason: 'late',
          amount_money: usd(5),
          status: 'APPROVED',
        },
      ],
      returns: [
        {
          ...{ uid: 'r1', source_order_id: id, return_line_items: [{ uid: 'x', quantity: '1' }] },
          return_amounts: { total_money: usd(5), tax_money: usd(0) },
        },
      ],
    }),
  }
}

export function squareLine(id: string, quantity: number, price: number): Thing {
  const money = usd(price * quantity)
  return {
    ...{ id, uid: id, name: `Item ${price}`, quantity: String(quantity), item_type: 'ITEM' },
    ...{ catalog_object_id: `item-${price % 30}-v0`, base_price_money: usd(price), gross_sales_money: money },
    ...{ total_tax_money: usd(0), total_discount_money: usd(0), total_money: money },
  }
}

export function usd(amount: number): { readonly amount: number; readonly currency: string } {
  return { amount, currency: 'USD' }
}
