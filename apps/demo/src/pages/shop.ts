import { findItem, ITEMS, type Item, MOST_IN_CART, priceOf } from '../catalogue.ts'
import { type Html, html } from '../html.ts'
import type { Page } from '../show-page.ts'

interface ShopView {
  readonly cart: readonly string[]
  readonly isGuest: boolean
  readonly csrf: Html
}

export function shopPage({ cart, isGuest, csrf }: ShopView): Page {
  const content = html`
<div class="intro">
  <h1>Tools for looking closely</h1>
  <p>Put something into your cart, then log in: the cart comes along, the session's id does not.</p>
</div>
<div class="shop">
  <ul class="items">${ITEMS.map((item) => itemCard(item, csrf))}</ul>
  <aside class="card cart" aria-labelledby="cart-title">
    <h2 id="cart-title">Your cart</h2>
    ${cart.length === 0 ? html`<p class="faint">Nothing in it yet.</p>` : cartTable(cart, csrf)}
    ${isGuest && cart.length > 0 && html`<p class="faint"><a href="/login">Log in</a> and the cart stays with you.</p>`}
  </aside>
</div>`
  return { title: 'Shop', content }
}

function itemCard({ id, name, about, cents }: Item, csrf: Html): Html {
  return html`
    <li class="card item">
      <img src="/items/${id}.svg" alt="" width="72" height="72">
      <h2>${name}</h2>
      <p>${about}</p>
      <form method="post" action="/cart">${csrf}
        <span class="price">${priceOf(cents)}</span>
        <button name="item" value="${id}" aria-label="Add ${name} to the cart">Add</button>
      </form>
    </li>`
}

function cartTable(cart: readonly string[], csrf: Html): Html {
  const lines = [...Map.groupBy(cart, (id) => id)].flatMap(([id, all]) => {
    const item = findItem(id)
    return item ? [{ item, count: all.length }] : []
  })
  const total = lines.reduce((sum, { item, count }) => sum + item.cents * count, 0)
  return html`
    <form method="post" action="/cart">${csrf}
    <table>
      <thead class="unseen"><tr><th scope="col">Item</th><th scope="col">Price</th><th scope="col">Remove</th></tr></thead>
      <tbody>${lines.map(
        ({ item, count }) => html`
        <tr>
          <td>${count > 1 && html`<span class="count">${count} ×</span> `}${item.name}</td>
          <td class="number">${priceOf(item.cents * count)}</td>
          <td><button class="quiet small" name="remove" value="${item.id}" aria-label="Remove one ${item.name}">−</button></td>
        </tr>`,
      )}
      </tbody>
      <tfoot><tr><th scope="row">Total</th><td class="number">${priceOf(total)}</td><td></td></tr></tfoot>
    </table>
    </form>
    ${cart.length >= MOST_IN_CART && html`<p class="faint">The cart is full: it holds ${MOST_IN_CART} items.</p>`}`
}
