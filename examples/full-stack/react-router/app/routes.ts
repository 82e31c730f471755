import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  index('home.tsx'),
  route('login', 'login.tsx'),
  route('logout', 'logout.ts'),
  route('cart', 'cart.ts'),
  route('devices', 'devices.ts'),
] satisfies RouteConfig
