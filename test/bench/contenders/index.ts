// The programs that are compared, in the order of the table. For the bench's main program.
import type { Contender } from "../contender";
import { kafkaStreams } from "./kafkaStreams";
import { mirrorMaker } from "./mirrorMaker";
import { ours } from "./ours";
import { plainCopy } from "./plainCopy";

export const contenders: readonly Contender[] = [ours, plainCopy, mirrorMaker, kafkaStreams];
