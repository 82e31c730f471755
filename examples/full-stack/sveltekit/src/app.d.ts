declare namespace App {
  interface Locals {
    session: import('instar').Session
  }
}

declare namespace Instar {
  interface SessionData {
    cart: string[]
  }
}
