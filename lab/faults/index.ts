// What can be done to a running rack, and undone: one verb per file.
export { cutLink } from "./cutLink";
export { cutPower } from "./cutPower";
export { delayLink } from "./delayLink";
export { directionsOf, endsOfLink, type LinkOptions } from "./directions";
export { dropHost } from "./dropHost";
export { freezeHost } from "./freezeHost";
export { healHost } from "./healHost";
export { healLink, healLinks } from "./healLink";
export { healRack } from "./healRack";
export { hiccupHost } from "./hiccupHost";
export { stopHost } from "./stopHost";
export { unplugHost } from "./unplugHost";
export { wipeHost } from "./wipeHost";
