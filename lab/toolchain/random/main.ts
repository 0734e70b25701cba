import { version } from "@pulumi/random/package.json";
import { serveProvider } from "../provider/serveProvider";
import { randomBytesKind, randomId, randomInteger, randomPassword, randomString, randomUuid } from "./kinds";

/** `pulumi-resource-random`: the lab's stand-in for the official plugin of the same version. */
void serveProvider({
  name: "random",
  version,
  resources: {
    "random:index/randomBytes:RandomBytes": randomBytesKind,
    "random:index/randomId:RandomId": randomId,
    "random:index/randomInteger:RandomInteger": randomInteger,
    "random:index/randomPassword:RandomPassword": randomPassword,
    "random:index/randomString:RandomString": randomString,
    "random:index/randomUuid:RandomUuid": randomUuid,
    "random:index/randomUuid4:RandomUuid4": randomUuid,
  },
  invokes: {},
});
