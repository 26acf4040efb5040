//go:build race

package main

// raceDetector says that the tests run under the race detector, eight times slower or more.
const raceDetector = true
