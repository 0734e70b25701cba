// The pods' network. For stacks.
export { Flannel, type FlannelArgs } from "./flannel";
