package report

import "regexp"

// dutchRecords are remarks about the records that lie beside files.
var dutchRecords = []dutchSentence{
	{regexp.MustCompile(`^the record of local suppression of (".*") is not signed by a trusted key: .*$`), "het verslag van lokaal onderdrukken van $1 is niet met een vertrouwde sleutel ondertekend: niets bewijst dat de ontbrekende waarden zijn onderdrukt; maak het bestand opnieuw met sluis local --sign-with"},
	{regexp.MustCompile(`^the record of local suppression of (".*") is signed, and no key is trusted: .*$`), "het verslag van lokaal onderdrukken van $1 is ondertekend, maar er is geen vertrouwde sleutel opgegeven: noem de sleutel van de ondertekenaar met --trust"},
	{regexp.MustCompile(`^the record of local suppression of (".*") is not signed: .*$`), "het verslag van lokaal onderdrukken van $1 is niet ondertekend: dat de ontbrekende waarden zijn onderdrukt, staat alleen in een bestand dat iedereen kan hebben geschreven; maak het bestand opnieuw met sluis local --sign-with, en noem de sleutel met --trust"},
}
