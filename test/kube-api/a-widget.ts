/** The definition of a custom kind as an operator's chart brings it. */
export function aWidgetDefinition({ versions, names = {}, scope = 'Namespaced', group = 'example.com', spec = {} }: { versions?: readonly object[]; names?: object; scope?: string; group?: string; spec?: object } = {}): object {
  return {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: `widgets.${group}` },
    spec: { group, scope, names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'], categories: ['all'], ...names }, versions: versions ?? [aWidgetVersion()], ...spec },
  };
}

export function aWidgetVersion({ name = 'v1', storage = true, schema = WIDGET_SCHEMA, ...more }: { name?: string; storage?: boolean; schema?: object; [key: string]: unknown } = {}): object {
  return {
    name, served: true, storage, schema: { openAPIV3Schema: schema },
    subresources: { status: {}, scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas', labelSelectorPath: '.status.selector' } },
    additionalPrinterColumns: [
      { name: 'Replicas', type: 'integer', jsonPath: '.spec.replicas' }, { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Colour', type: 'string', jsonPath: '.spec.colour', priority: 1 }, { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ],
    selectableFields: [{ jsonPath: '.spec.colour' }],
    ...more,
  };
}

export const WIDGET_SCHEMA = {
  type: 'object', description: 'A Widget is a thing.',
  properties: {
    spec: {
      type: 'object', required: ['colour'], description: 'What it is to be.',
      properties: {
        colour: { type: 'string', enum: ['red', 'blue'], description: 'Its colour.' },
        replicas: { type: 'integer', minimum: 0, maximum: 10, default: 1 },
        name: { type: 'string', maxLength: 5, pattern: '^[a-z]+$' },
        port: { 'x-kubernetes-int-or-string': true },
        parts: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, size: { type: 'integer' } } } },
        tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
        raw: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      },
      'x-kubernetes-validations': [
        { rule: "self.colour != 'blue' || self.replicas <= 3", message: 'blue ones come in threes' },
        { rule: '!has(oldSelf.name) || has(self.name)', messageExpression: "'the name ' + oldSelf.name + ' may not go'" },
      ],
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' }, conditions: { type: 'array', items: { type: 'object', properties: { type: { type: 'string' }, status: { type: 'string' } } } } } },
  },
} as const;

export function aWidget(name: string, spec: object = { colour: 'red' }, more: object = {}): object {
  return { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name }, spec, ...more };
}
