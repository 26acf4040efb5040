package main

import "regexp"

// secret is the text form of a key, a share, an identity of age or a private key in PEM.
var secret = regexp.MustCompile(`(?i)SLUIS-(?:KEY|SHARE)-\d+-[0-9a-f]{16,}[0-9a-f-]*|AGE-SECRET-KEY-[0-9a-z-]+|(?s:-----BEGIN [a-z ]*PRIVATE KEY-----.*?(?:-----END [a-z ]*PRIVATE KEY-----|$))`)

// redacted replaces secrets in an error. A user may type a key in the place of the name
// of its file: without redacted the key would be in the error, and in every log of it.
func redacted(text string) string {
	out := secret.ReplaceAllLiteralString(text, "(a secret)")
	if out != text {
		out += "; give the name of the file that holds the secret, not the secret"
	}
	return out
}
