import { buildStage } from '../../src/scenario/build/stages.ts';
import { ClusterNames } from '../../src/scenario/cluster-names.ts';
import type { StagesSpec } from '../../src/scenario/scenario.ts';
import { stageShape } from '../../src/scenario/shape/stages-shape.ts';
import { parseYaml } from '../../src/yaml/yaml-source.ts';

/** Stages as an author would write them. */
export function stagesOf(yaml: string): StagesSpec {
  return buildStage(stageShape.parse(parseYaml('stages.yaml', yaml).source.value), [], new ClusterNames([], null));
}
