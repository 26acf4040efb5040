// Command sluis checks statistical output for disclosure, protects it and
// verifies the protection. It is a thin layer: flags in, library, report out.
//
// Exit status, the same for every verb:
//
//	0  done, and safe
//	1  bad input or failure
//	2  wrong usage, or a spec or policy that is not well formed
//	3  done, and something is unsafe
//	4  done, something wants review and nothing is unsafe
//
// A failed write to standard output is 1, whatever was found. An interrupt (Ctrl-C) is 1:
// the command says what it had written by then, mostly nothing. The second interrupt ends
// the process at once.
//
// The verbs are one package of some 6,800 lines. Each has its own files. A verb shares flags, exit
// statuses and progress lines with the others (9 to 60 names), and nobody else could call it.
package main
