declare namespace Instar {
  interface SessionData {
    cart: string[]
  }
}
