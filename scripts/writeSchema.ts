import { writeFileSync } from "node:fs";
import { generatedFiles } from "./schemaCommand/generatedFiles";

// `npm run schema`: the editors' JSON Schema and the README's table, after a change of core/config/schema.ts.
for (const { file, text } of generatedFiles()) writeFileSync(file, text);
