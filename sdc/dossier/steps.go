package dossier

// step is one step of the juridical framework.
type step struct {
	number int
	key    string
	// title is the title of the framework in Dutch, and our translation in English.
	title text
	// law names the articles of the framework of 2017, and in brackets the articles that
	// replaced them on 25 May 2018 (GDPR, and UAVG, the Dutch act that implements it).
	law string
	// ask is the question, and the person who must answer it.
	ask text
	// can says what sluis can prove about the answer, or add to it; empty where only a
	// person answers.
	can text
}

// steps are the 21 steps of the juridical framework of the City Deal "Zicht op
// ondermijning" (Juridisch toetsingskader, 2017), under their own numbers.
var steps = []step{
	{1, "question", text{"Choose a question that suits pattern recognition", "Kies een vraagstuk dat zich voor patroonherkenning leent"}, "Wbp 6 (GDPR 5(1)(a))",
		text{"Does the phenomenon recur regularly? If it is rare: which domain experts validate the outcome?",
			"Komt het verschijnsel regelmatig voor? Zo nee: welke deskundigen toetsen de uitkomst?"},
		text{"count rows and respondents, of each period too, as a hint", "rijen en respondenten tellen, ook per periode, als aanwijzing"}},
	{2, "purpose", text{"State the purpose beforehand", "Leg vooraf het doel vast"}, "Wbp 7 (GDPR 5(1)(b))",
		text{"What is the specific, explicit and legitimate purpose? Fill in product too.",
			"Wat is het welbepaalde, uitdrukkelijk omschreven en gerechtvaardigde doel? Vul ook product in."},
		text{"hold the type of product against the answer to step 3", "het soort product naast het antwoord op stap 3 leggen"}},
	{3, "anonymous", text{"Would anonymised data do?", "Volstaan geanonimiseerde gegevens?"}, "Wbp 11 (GDPR 5(1)(c), 89(1))",
		text{"Would anonymised or aggregated data do (answer: yes or no), and why? Trend report: probably; pattern report: hardly; group profile: no.",
			"Volstaan geanonimiseerde of geaggregeerde gegevens (answer: yes of no), en waarom? Trendrapport: waarschijnlijk; patroonrapport: nauwelijks; groepsprofiel: nee."},
		text{"remark an answer that contradicts the type of product", "een antwoord opmerken dat het soort product tegenspreekt"}},
	{4, "categories", text{"Determine which categories of personal data are needed", "Bepaal en leg vast welke categorieën persoonsgegevens nodig zijn"}, "Wbp 11 (GDPR 5(1)(c), 30)",
		text{"Which categories of data of which categories of persons are needed, and why? From which sources or systems, who provides them, and on which legal ground? Would an extract do in the place of a whole file? Fill in columns too.",
			"Welke categorieën gegevens van welke categorieën personen zijn nodig, en waarom? Uit welke bron of welk systeem, wie levert ze, en op welke grondslag? Volstaat een uittreksel in plaats van een heel bestand? Vul ook columns in."},
		text{"prove that only declared columns were read, and name columns and rows that were not needed", "bewijzen dat alleen opgegeven kolommen zijn gelezen, en noemen welke kolommen en rijen niet nodig waren"}},
	{5, "sources", text{"First the data that CBS has already", "Eerst gegevens die het CBS al heeft"}, "CBS Act 3, 35; Wbp 13 (GDPR 32)",
		text{"What does CBS have? What must be added, once, and goes straight to CBS, never through the client? Fill in sources too.",
			"Wat heeft het CBS al? Wat moet eenmalig worden aangevuld, en gaat rechtstreeks naar het CBS, nooit via de opdrachtgever? Vul ook sources in."},
		text{"prove that only declared files were read", "bewijzen dat alleen opgegeven bestanden zijn gelezen"}},
	{6, "pseudonyms", text{"Process in pseudonymised form", "Verwerk in gepseudonimiseerde vorm"}, "Wbp 11 (GDPR 4(5), 25, 89(1))",
		text{"Which identifiers were replaced? The custodian alone can reverse this. Records prove it for supplied sources.",
			"Welke identificerende gegevens zijn vervangen? Alleen de beheerder kan dat terugdraaien. Verslagen bewijzen dit voor geleverde bronnen."},
		text{"prove it of supplied sources by signed records, and find columns that look like identifiers", "het van geleverde bronnen bewijzen met ondertekende verslagen, en kolommen vinden die op een identificerend gegeven lijken"}},
	{7, "special", text{"Test for special categories of personal data", "Toets op bijzondere persoonsgegevens"}, "Wbp 16 (GDPR 9, 10; UAVG 22-33); CBS Act 35",
		text{"Are there data on religion, race, politics, health, sex life or union membership, criminal data, or data on unlawful conduct with an imposed ban? Does the exception for CBS hold? Fill in special too.",
			"Zijn er gegevens over godsdienst, ras, politiek, gezondheid, seksueel leven of vakbond, strafrechtelijke gegevens, of gegevens over onrechtmatig gedrag met een opgelegd verbod? Geldt de uitzondering voor het CBS? Vul ook special in."},
		text{"name special columns that span an output or are sensitive in one", "bijzondere kolommen noemen die een uitkomst opspannen of daarin gevoelig zijn"}},
	{8, "provision", text{"Who is responsible for the provision", "Wie is verantwoordelijke voor de verstrekking"}, "Wbp 1 d (GDPR 4(7), 26); Wpg 1 f; Wjsg 2(1), 39a(1); AWR 67(3)",
		text{"For each supplied source (responsible): mayor and aldermen, chief of police, minister, or board of prosecutors general; for tax data the exemption by the state secretary.",
			"Per geleverde bron (responsible): college van B en W, korpschef, minister, of college van procureurs-generaal; voor belastinggegevens de ontheffing van de staatssecretaris."},
		text{"ask one answer for each supplied source; without such sources the step does not apply", "per geleverde bron een antwoord vragen; zonder zulke bronnen is de stap niet van toepassing"}},
	{9, "analysis", text{"Who is responsible for the analysis", "Wie is verantwoordelijke voor de analyse"}, "Wbp 1 d (GDPR 4(7), 26, 28)",
		text{"Who is the client (mayor and aldermen), and are the police and the prosecution service joint controllers where that was agreed?",
			"Wie is de opdrachtgever (college van B en W), en zijn politie en OM medeverantwoordelijk waar dat is afgesproken?"},
		text{"", ""}},
	{10, "legal-basis", text{"Legal basis", "Wettelijke grondslag"}, "Wbp 8 e (GDPR 6(1)(e), 6(3))",
		text{"Which public task is the basis, and how is it substantiated?",
			"Welke publieke taak is de grondslag, en hoe is die onderbouwd?"},
		text{"", ""}},
	{11, "statistics", text{"Regime of science and statistics; nothing can be traced", "Regime van wetenschap en statistiek; uitkomst niet herleidbaar"}, "Wbp 9(3), Wpg 22(1), Wjsg 15(1), 39g (GDPR 5(1)(b), 89); CBS Act 37(3)",
		text{"Under which provision are the data provided, and is operational use excluded? Fill in policy too.",
			"Onder welke bepaling worden de gegevens verstrekt, en is operationeel gebruik uitgesloten? Vul ook policy in."},
		text{"prove the policy by name and digest, and the verdict or the release", "het beleid bewijzen met naam en hash, en het oordeel of de publicatie"}},
	{12, "police", text{"Test for police, judicial and prosecution data", "Toets politie-, justitiële en strafvorderlijke gegevens"}, "Bpg 4:7, Bjsg 31 (Police Data Act 8, 9, 10, 13)",
		text{"For each source with such data (permission): who gave permission (Bpg 4:7: the minister, mandated to the prosecution service for Police Data Act 8 and 13, himself for 9 and 10; the mayor for data under his authority; Bjsg 31: the minister or the board of prosecutors general)? Is there a public interest, are the police not burdened, is it not possible without, and is privacy not disproportionately harmed?",
			"Per bron met zulke gegevens (permission): wie gaf toestemming (Bpg 4:7: de minister, gemandateerd aan het OM voor Wpg 8 en 13, zelf voor 9 en 10; de burgemeester voor gegevens onder zijn gezag; Bjsg 31: de minister of het college van procureurs-generaal)? Is er een algemeen belang, wordt de politie niet belast, kan het niet zonder, en wordt de privacy niet onevenredig geschaad?"},
		text{"ask one answer for each source with such data; without such sources the step does not apply", "per bron met zulke gegevens een antwoord vragen; zonder zulke bronnen is de stap niet van toepassing"}},
	{13, "notification", text{"Notification of the supervisor or the data protection officer", "Melding bij AP of FG"}, "Wbp 27 (GDPR 30, 35, 36)",
		text{"Is the processing covered by an earlier notification?",
			"Valt de verwerking onder een eerdere melding?"},
		text{"", ""}},
	{14, "accuracy", text{"Correct and accurate data", "Juiste en nauwkeurige data"}, "Wbp 11(2), Wpg 4(1), Wjsg 3(1) (GDPR 5(1)(d))",
		text{"Which key persons of the primary process were consulted? sluis tests the hashes and the profile.",
			"Welke sleutelpersonen uit het primaire proces zijn geraadpleegd? De hashes en het profiel worden door sluis getoetst."},
		text{"prove the hashes and, with a profile, test validity and change since an earlier one; who was consulted, a person answers", "de hashes bewijzen en met een profiel de geldigheid en de verandering sinds een eerder profiel toetsen; wie is geraadpleegd, antwoordt een persoon"}},
	{15, "methods", text{"Scientifically validated methods", "Wetenschappelijk gevalideerde methoden"}, "Wbp 6 (GDPR 5(1)(a))",
		text{"Which algorithms are used, and in which publications are they?",
			"Welke algoritmen worden gebruikt, en in welke publicaties staan ze?"},
		text{"name the rules in force; the docs cite the source of every rule and method", "de regels noemen die aanstaan; de documentatie noemt de bron van iedere regel en methode"}},
	{16, "error", text{"Margin of error", "Foutmarge"}, "Wbp 6 (GDPR 5(1)(a))",
		text{"Which error is admissible, weighed by impact, safety and rarity?",
			"Welke fout is toelaatbaar, gewogen naar gevolg, veiligheid en zeldzaamheid?"},
		text{"count the cells of the release that are suppressed", "tellen hoeveel cellen van de publicatie zijn onderdrukt"}},
	{17, "security", text{"Security", "Beveiliging"}, "Wbp 13, Wpg 4(3), Wjsg 7(1) (GDPR 32)",
		text{"Which agreements hold for transport, processing and destruction? Are secrecy statements signed? Which classification? Is the work done inside the CBS environment, on site or by remote access, with two factors? Do the CBS rules on incidents hold?",
			"Welke afspraken gelden voor vervoer, verwerking en vernietiging? Zijn geheimhoudingsverklaringen getekend? Welke rubricering? Wordt binnen de CBS-omgeving gewerkt, ter plaatse of op afstand, met twee factoren? Gelden de CBS-regels voor incidenten?"},
		text{"prove in part who can read the files and who signed the records; without supplied sources the step does not apply", "deels bewijzen wie de bestanden kan lezen en wie de verslagen ondertekende; zonder geleverde bronnen is de stap niet van toepassing"}},
	{18, "informing", text{"Informing the persons concerned", "Informeren van betrokkenen"}, "Wbp 34, 44 (GDPR 13, 14(5)(b); UAVG 44)",
		text{"Must persons be informed, or does the exemption for science and statistics hold?",
			"Moeten betrokkenen worden geïnformeerd, of geldt de uitzondering voor wetenschap en statistiek?"},
		text{"", ""}},
	{19, "destruction", text{"Destruction of supplied data", "Vernietiging van aanvullend verkregen data"}, "Wbp 10 (GDPR 5(1)(e), 17)",
		text{"When were or are all supplied data, copies, derivations and carriers destroyed: at once after delivery, unless agreed otherwise?",
			"Wanneer zijn of worden alle geleverde gegevens, kopieën, afgeleiden en dragers vernietigd: direct na oplevering, tenzij anders afgesproken?"},
		text{"prove the destruction of keys by signed records, and list what was written and what of it is gone", "de vernietiging van sleutels bewijzen met ondertekende verslagen, en opsommen wat is geschreven en wat daarvan weg is"}},
	{20, "publication", text{"Publish the results with care", "Maak de resultaten op zorgvuldige wijze openbaar"}, "CBS Act 3(1), 37(3); City Deal 15",
		text{"Is no person, household, enterprise or institution recognisable, and no group of which almost all members share something? Who publishes what, how and when, and how is it reported to the municipal council?",
			"Is geen persoon, huishouden, onderneming of instelling herkenbaar, en geen groep waarvan bijna alle leden iets delen? Wie publiceert wat, hoe en wanneer, en hoe wordt aan de gemeenteraad gerapporteerd?"},
		text{"prove that the release holds and that rules about groups are in force; there is no ledger of releases yet", "bewijzen dat de publicatie klopt en dat groepsregels aanstaan; er is nog geen register van publicaties"}},
	{21, "evaluation", text{"Evaluation", "Evaluatie"}, "City Deal 4(g), 15 (GDPR 5(2))",
		text{"Five questions, see evaluation.",
			"Vijf vragen, zie evaluation."},
		text{"name the tool and the hash of every input, so that the result can be made again", "het programma en de hash van iedere invoer noemen, zodat het resultaat opnieuw te maken is"}},
}

// question is one of the five of step 21.
type question struct {
	key string
	ask text
}

var evaluation = []question{
	{"relevant", text{"Were all extracts relevant?", "Waren alle extracten relevant?"}},
	{"yield", text{"Was the yield worth the effort?", "Woog de opbrengst op tegen de inspanning?"}},
	{"particulars", text{"Which particulars occurred?", "Welke bijzonderheden deden zich voor?"}},
	{"reproducible", text{"Can the result be made again afterwards?", "Is het resultaat achteraf te reproduceren?"}},
	{"obstacles", text{"Which legal obstacles were there?", "Welke juridische belemmeringen waren er?"}},
}

// lastBefore is the last step that must be settled before a release: steps 19 to 21
// are asked for after it.
const lastBefore = 18
