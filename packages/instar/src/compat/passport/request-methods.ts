export { isAuthenticated, isUnauthenticated, logIn, logIn as login, logOut, logOut as logout } from './request.ts'
