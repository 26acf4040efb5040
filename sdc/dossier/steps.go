package dossier

// step is one step of the juridical framework.
type step struct {
	number int
	key    string
	// nl is the title in the framework's language, en in English.
	nl, en string
	// law names the articles: those of the framework of 2017, and in brackets what
	// followed them on 25 May 2018 (GDPR, and UAVG, the Dutch act that implements it).
	law string
	// askNL and askEN are what must be answered, and by whom.
	askNL, askEN string
}

// steps are the 21 steps of the juridical framework of the City Deal "Zicht op
// ondermijning" (Juridisch toetsingskader, 2017), under their own numbers.
var steps = []step{
	{1, "question", "Kies een vraagstuk dat zich voor patroonherkenning leent", "Choose a question that suits pattern recognition", "Wbp 6 (GDPR 5(1)(a))",
		"Komt het verschijnsel regelmatig voor? Zo nee: welke deskundigen toetsen de uitkomst?",
		"Does the phenomenon recur regularly? If not: which domain experts validate the outcome?"},
	{2, "purpose", "Leg vooraf het doel vast", "State the purpose beforehand", "Wbp 7 (GDPR 5(1)(b))",
		"Wat is het welbepaalde, uitdrukkelijk omschreven en gerechtvaardigde doel? Vul ook product in.",
		"What is the specific, explicit and legitimate purpose? Fill in product too."},
	{3, "anonymous", "Volstaan geanonimiseerde gegevens?", "Would anonymised data do?", "Wbp 11 (GDPR 5(1)(c), 89(1))",
		"Volstaan geanonimiseerde of geaggregeerde gegevens (answer: yes of no), en waarom? Trendrapport: waarschijnlijk; patroonrapport: nauwelijks; groepsprofiel: nee.",
		"Would anonymised or aggregated data do (answer: yes or no), and why? Trend report: probably; pattern report: hardly; group profile: no."},
	{4, "categories", "Bepaal en leg vast welke categorieën persoonsgegevens nodig zijn", "Determine which categories of personal data are needed", "Wbp 11 (GDPR 5(1)(c), 30)",
		"Welke categorieën gegevens van welke categorieën personen zijn nodig, waarom, uit welke bron, wie levert ze en op welke grondslag? Vul ook columns in.",
		"Which categories of data of which persons are needed, why, from which source, who provides them, and on which legal ground? Fill in columns too."},
	{5, "sources", "Eerst gegevens die het CBS al heeft", "First the data that CBS has already", "CBS Act 3, 35; Wbp 13 (GDPR 32)",
		"Wat heeft het CBS al? Wat moet eenmalig worden aangevuld, en gaat rechtstreeks naar het CBS? Vul ook sources in.",
		"What does CBS have? What must be added, once, and goes straight to CBS? Fill in sources too."},
	{6, "pseudonyms", "Verwerk in gepseudonimiseerde vorm", "Process in pseudonymised form", "Wbp 11 (GDPR 4(5), 25, 89(1))",
		"Welke identificerende gegevens zijn vervangen? Alleen de beheerder kan dat terugdraaien. Verslagen bewijzen dit voor geleverde bronnen.",
		"Which identifiers were replaced? The custodian alone can reverse this. Records prove it for supplied sources."},
	{7, "special", "Toets op bijzondere persoonsgegevens", "Test for special categories of personal data", "Wbp 16 (GDPR 9, 10; UAVG 22-33); CBS Act 35",
		"Zijn er gegevens over godsdienst, ras, politiek, gezondheid, seksueel leven, vakbond of strafrecht? Vul ook special in.",
		"Are there data on religion, race, politics, health, sex life, union membership or criminal law? Fill in special too."},
	{8, "provision", "Wie is verantwoordelijke voor de verstrekking", "Who is responsible for the provision", "Wbp 1 d (GDPR 4(7), 26); Wpg 1 f; Wjsg 2(1), 39a(1); AWR 67(3)",
		"Per geleverde bron (responsible): college van B en W, korpschef, minister, college van procureurs-generaal; voor belastinggegevens de ontheffing.",
		"For each supplied source (responsible): mayor and aldermen, chief of police, minister, board of prosecutors general; for tax data the exemption."},
	{9, "analysis", "Wie is verantwoordelijke voor de analyse", "Who is responsible for the analysis", "Wbp 1 d (GDPR 4(7), 26, 28)",
		"Wie is de opdrachtgever, en wie is waar dat is afgesproken medeverantwoordelijk?",
		"Who is the client, and who is a joint controller where that was agreed?"},
	{10, "legal-basis", "Wettelijke grondslag", "Legal basis", "Wbp 8 e (GDPR 6(1)(e), 6(3))",
		"Welke publieke taak is de grondslag, en waarom?", "Which public task is the basis, and why?"},
	{11, "statistics", "Regime van wetenschap en statistiek; uitkomst niet herleidbaar", "Regime of science and statistics; nothing can be traced", "Wbp 9(3), Wpg 22(1), Wjsg 15(1), 39g (GDPR 5(1)(b), 89); CBS Act 37(3)",
		"Onder welke bepaling worden de gegevens verstrekt, en is operationeel gebruik uitgesloten? Vul ook policy in.",
		"Under which provision are the data provided, and is operational use excluded? Fill in policy too."},
	{12, "police", "Toets politie-, justitiële en strafvorderlijke gegevens", "Test for police, judicial and prosecution data", "Bpg 4:7, Bjsg 31 (Police Data Act 8, 9, 10, 13)",
		"Per bron met zulke gegevens (permission): wie gaf toestemming, en is voldaan aan belang, belasting, noodzaak en evenredigheid?",
		"For each source with such data (permission): who gave permission, and are public interest, burden, necessity and proportionality met?"},
	{13, "notification", "Melding bij AP of FG", "Notification of the supervisor or the data protection officer", "Wbp 27 (GDPR 30, 35, 36)",
		"Valt de verwerking onder een eerdere melding?", "Is the processing covered by an earlier notification?"},
	{14, "accuracy", "Juiste en nauwkeurige data", "Correct and accurate data", "Wbp 11(2), Wpg 4(1), Wjsg 3(1) (GDPR 5(1)(d))",
		"Welke sleutelpersonen uit het primaire proces zijn geraadpleegd? De hashes en het profiel worden door sluis getoetst.",
		"Which key persons of the primary process were consulted? sluis tests the hashes and the profile."},
	{15, "methods", "Wetenschappelijk gevalideerde methoden", "Scientifically validated methods", "Wbp 6 (GDPR 5(1)(a))",
		"Welke algoritmen worden gebruikt, en in welke publicaties staan ze?", "Which algorithms are used, and in which publications are they?"},
	{16, "error", "Foutmarge", "Margin of error", "Wbp 6 (GDPR 5(1)(a))",
		"Welke fout is toelaatbaar, gewogen naar gevolg, veiligheid en zeldzaamheid?", "Which error is admissible, weighed by impact, safety and rarity?"},
	{17, "security", "Beveiliging", "Security", "Wbp 13, Wpg 4(3), Wjsg 7(1) (GDPR 32)",
		"Welke afspraken gelden voor vervoer, verwerking, vernietiging, geheimhouding, rubricering, toegang en incidenten?",
		"Which agreements hold for transport, processing, destruction, secrecy, classification, access and incidents?"},
	{18, "informing", "Informeren van betrokkenen", "Informing the persons concerned", "Wbp 34, 44 (GDPR 13, 14(5)(b); UAVG 44)",
		"Moeten betrokkenen worden geïnformeerd, of geldt de uitzondering voor wetenschap en statistiek?", "Must persons be informed, or does the exemption for science and statistics hold?"},
	{19, "destruction", "Vernietiging van aanvullend verkregen data", "Destruction of supplied data", "Wbp 10 (GDPR 5(1)(e), 17)",
		"Wanneer zijn of worden geleverde gegevens, kopieën, afgeleiden en dragers vernietigd?", "When were or are supplied data, copies, derivations and carriers destroyed?"},
	{20, "publication", "Maak de resultaten op zorgvuldige wijze openbaar", "Publish the results with care", "CBS Act 3(1), 37(3); City Deal 15",
		"Wie publiceert wat, hoe en wanneer, en hoe wordt aan de gemeenteraad gerapporteerd?", "Who publishes what, how and when, and how is it reported to the municipal council?"},
	{21, "evaluation", "Evaluatie", "Evaluation", "City Deal 4(g), 15 (GDPR 5(2))",
		"Vijf vragen, zie evaluation.", "Five questions, see evaluation."},
}

// question is one of the five of step 21.
type question struct{ key, nl, en string }

var evaluation = []question{
	{"relevant", "Waren alle extracten relevant?", "Were all extracts relevant?"},
	{"yield", "Woog de opbrengst op tegen de inspanning?", "Was the yield worth the effort?"},
	{"particulars", "Welke bijzonderheden deden zich voor?", "Which particulars occurred?"},
	{"reproducible", "Is het resultaat achteraf te reproduceren?", "Can the result be made again afterwards?"},
	{"obstacles", "Welke juridische belemmeringen waren er?", "Which legal obstacles were there?"},
}

// lastBefore is the last step that must be settled before a release: steps 19 to 21
// are asked for after it.
const lastBefore = 18
