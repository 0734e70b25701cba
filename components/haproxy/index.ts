// The API's balancer on every host. For other components and stacks.
export { balanceApi, type BalanceApiSettings } from "./balanceApi";
export { healthPort } from "./renderHaproxyConfig";
