// Package deps holds the import rule of the module, as a test.
package deps
