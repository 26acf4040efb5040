// Package spec reads the YAML files that describe a check: the spec of the data
// and the outputs, and the policy.
//
// Unknown keys are errors, and errors name the line. Paths in a spec are
// relative to its folder. docs/spec.schema.json and docs/policy.schema.json are
// JSON Schemas of the two files.
package spec
