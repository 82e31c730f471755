import { InstarError } from './errors.ts'

/** What stands at the end of a guarded class's prototype chain: assigning any property that nobody has ends here. */
const refuseUnknown = new Proxy(
  {},
  {
    set(_target, property) {
      throw refusal(property)
    },
  },
)

/**
 * Makes assignments to a class's instances throw, in sloppy mode too, where a frozen object would ignore them in silence.
 * Unknown names end at a proxy behind the prototype; methods and getters become accessors whose setter throws. Calls stay plain calls.
 */
export function guardAssignments(type: { readonly prototype: object }): void {
  const { prototype } = type
  for (const name of Reflect.ownKeys(prototype)) {
    const { value, get } = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor
    Object.defineProperty(prototype, name, {
      get: get ?? (() => value),
      set() {
        throw refusal(name)
      },
      configurable: false,
    })
  }
  Object.setPrototypeOf(prototype, refuseUnknown)
  Object.freeze(prototype)
}

function refusal(property: string | symbol): InstarError {
  const name = String(property)
  return new InstarError(
    'unknown_property',
    `session.${name} was assigned, but a session is not a plain object: nothing of that would be stored. Call session.set('${name}', value), or session.login(userId) for who is logged in. ` +
      'An application that cannot change yet can use the drop-in @instar/express-session.',
  )
}
