package demo

// latin are the cultures that write in Latin script. Telephone numbers are taken from ranges kept for fiction where a
// country has them (US, CA, GB, AU, FR, SE) and are otherwise of mobile ranges.
var latin = []culture{
	{
		locale: "en-Latn-US", weight: 260, currency: "USD", english: true, company: "%s & Sons, Inc.", space: " ",
		givens: englishGivens, families: englishFamilies, mailHosts: englishMail,
		phones: words(`+121255501## +141555501## +131255501## +120655501## +151255501## +161755501## +130355501##
			+130555501## +140455501## +171355501## +160255501## +150355501## +120255501## +170255501##`),
		cities: lines(`New York|NY|100##; San Francisco|CA|941##; Chicago|IL|606##; Seattle|WA|981##; Austin|TX|787##;
			Boston|MA|021##; Denver|CO|802##; Miami|FL|331##; Atlanta|GA|303##; Houston|TX|770##; Phoenix|AZ|850##;
			Portland|OR|972##; Los Angeles|CA|900##; Philadelphia|PA|191##; San Diego|CA|921##; Nashville|TN|372##`),
		streets: lines("%d Main Street; %d Oak Avenue; %d Market Street; %d Maple Drive; %d Elm Street; %d Broadway"),
	},
	{
		locale: "en-Latn-GB", weight: 80, currency: "GBP", english: true, company: "%s & Co Ltd", space: " ",
		givens: englishGivens, families: englishFamilies, mailHosts: words("outlook.com yahoo.co.uk icloud.com"),
		phones: words("+442079460### +441614960### +441174960### +441314960###"),
		cities: lines(`London||SW1A #@@; London||EC2M #@@; Manchester||M1 #@@; Leeds||LS1 #@@; Bristol||BS1 #@@;
			Edinburgh|Scotland|EH1 #@@; Cardiff|Wales|CF10 #@@; Birmingham||B2 #@@; Glasgow|Scotland|G1 #@@`),
		streets: lines("%d High Street; %d Station Road; %d Church Lane; %d Victoria Road; Flat 2, %d Park Row"),
	},
	{
		locale: "en-Latn-CA", weight: 35, currency: "USD", english: true, company: "%s Holdings Ltd.", space: " ",
		givens: englishGivens, families: englishFamilies, mailHosts: englishMail,
		phones:  words("+141655501## +160455501## +151455501## +161355501##"),
		cities:  lines("Toronto|ON|M5V #@#; Vancouver|BC|V6B #@#; Montréal|QC|H2Y #@#; Ottawa|ON|K1P #@#"),
		streets: lines("%d King Street West; %d Granville Street; %d rue Saint-Paul; %d Bay Street"),
	},
	{
		locale: "en-Latn-AU", weight: 30, currency: "USD", english: true, company: "%s Bros Pty Ltd", space: " ",
		givens: englishGivens, families: englishFamilies, mailHosts: words("bigpond.com outlook.com icloud.com"),
		phones:  words("+614915701## +6125550####"),
		cities:  lines("Sydney|NSW|200#; Melbourne|VIC|300#; Brisbane|QLD|400#; Perth|WA|600#; Adelaide|SA|500#"),
		streets: lines("%d George Street; %d Collins Street; %d Queen Street; %d Hay Street"),
	},
	{
		locale: "en-Latn-IE", weight: 15, currency: "EUR", english: true, company: "%s Teoranta", space: " ",
		givens:   words("Seán Aoife Conor Ciara Pádraig Niamh Cian Saoirse Liam Siobhán Oisín Caoimhe"),
		families: words("Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan O'Connor Ó_Súilleabháin Doyle McCarthy"),
		phones:   words("+35385#######"), mailHosts: words("eircom.net outlook.com icloud.com"),
		cities:  lines("Dublin|Leinster|D02 @###; Cork|Munster|T12 @###; Galway|Connacht|H91 @###; Ennis|Munster|V95 @###"),
		streets: lines("%d Grafton Street; %d Patrick Street; %d Shop Street"),
	},
	{
		locale: "en-Latn-NG", weight: 15, currency: "USD", english: true, company: "%s Ventures Ltd", space: " ",
		givens:   words("Chinedu Ngozi Emeka Adaeze Tunde Folasadé Ọlá Yétúndé Ibrahim Aisha"),
		families: words("Okafor Adébáyọ̀ Okonkwo Balogun Eze Abubakar Adeyemi Nwosu Ogunleye Bello"),
		phones:   words("+234803####### +234806#######"), mailHosts: words("yahoo.com outlook.com"),
		cities:  lines("Lagos|Lagos|10123#; Abuja|FCT|90010#; Ibadan|Oyo|20028#; Kano|Kano|70023#"),
		streets: lines("%d Allen Avenue; %d Awolowo Road; %d Ahmadu Bello Way"),
	},
	{
		locale: "pl-Latn-PL", weight: 60, currency: "EUR", company: "%s i Wspólnicy sp. z o.o.", space: " ",
		givens: words("Łukasz Anna Piotr Małgorzata Krzysztof Katarzyna Paweł Agnieszka Michał Zofia Wojciech Bożena"),
		families: words(`Kowalski/Kowalska Kowalski/Kowalska Nowak Wiśniewski/Wiśniewska Wójcik
			Zieliński/Zielińska Dąbrowski/Dąbrowska Szymański/Szymańska Woźniak`),
		phones: words("+48501###### +48602###### +48790######"), mailHosts: words("wp.pl onet.pl interia.pl o2.pl"),
		cities: lines(`Warszawa|mazowieckie|00-###; Kraków|małopolskie|30-###; Łódź|łódzkie|90-###;
			Gdańsk|pomorskie|80-###; Wrocław|dolnośląskie|50-###; Poznań|wielkopolskie|60-###`),
		streets: lines("ul. Długa %d; ul. Świętokrzyska %d; al. Jerozolimskie %d; ul. Łąkowa %d"),
	},
	{
		locale: "de-Latn-DE", weight: 50, currency: "EUR", company: "%s & Söhne GmbH", space: " ",
		givens:   words("Jürgen Käthe Stefan Ursula Björn Jana Maximilian Sophie Günther Hannelore Karl-Heinz Mia"),
		families: words("Müller Schmidt Schneider Fischer Weiß Schäfer Köhler Jäger Größmann Strauß Hoffmann Krüger"),
		phones:   words("+49151######## +49176########"), mailHosts: words("web.de gmx.de t-online.de posteo.de"),
		cities: lines(`Berlin||101##; München|Bayern|803##; Hamburg||200##; Köln|Nordrhein-Westfalen|506##;
			Düsseldorf|Nordrhein-Westfalen|402##; Leipzig|Sachsen|041##`),
		streets: lines("Hauptstraße %d; Goethestraße %d; Am Grünen Weg %d; Lindenallee %d"),
	},
	{
		locale: "fr-Latn-FR", weight: 45, currency: "EUR", company: "Établissements %s SARL", space: " ",
		givens:   words("François Chloé Jérôme Zoé Étienne Hélène Loïc Amélie Noël Agnès Jean-Pierre Anaïs"),
		families: words("Lefèvre Béranger Dubois Moreau Lemaître Gauthier Fournier Hébert Çelik D'Aboville Garnier"),
		phones:   words("+3326191#### +3335301#### +3346571####"), mailHosts: words("orange.fr free.fr laposte.net"),
		cities: lines(`Paris|Île-de-France|750##; Lyon|Auvergne-Rhône-Alpes|6900#; Orléans|Centre-Val de Loire|45000;
			Marseille|Provence-Alpes-Côte d'Azur|1300#; Nîmes|Occitanie|30000; Bordeaux|Nouvelle-Aquitaine|33000`),
		streets: lines("%d rue de la République; %d avenue Victor-Hugo; %d place de l'Église; %d quai d'Orléans"),
	},
	{
		locale: "es-Latn-ES", weight: 40, currency: "EUR", company: "Hermanos %s S.L.", space: " ",
		givens:   words("José María Andrés Lucía Ángel Inés Íñigo Begoña Joaquín Sofía Jesús Martín"),
		families: words("García Rodríguez Fernández López Martínez Sánchez Muñoz Ibáñez Peña Núñez Yáñez Gómez"),
		phones:   words("+34612###### +34655######"), mailHosts: words("telefonica.net hotmail.es yahoo.es"),
		cities:  lines("Madrid|Madrid|280##; Barcelona|Barcelona|080##; A Coruña|Galicia|1500#; Málaga|Málaga|2900#"),
		streets: lines("Calle Mayor, %d; Gran Vía, %d; Paseo de la Castellana, %d"),
	},
	{
		locale: "es-Latn-MX", weight: 20, currency: "USD", company: "Grupo %s S.A. de C.V.", space: " ",
		givens:   words("José Guadalupe Luis Ximena Ramón Verónica Héctor Mónica Raúl Itzel"),
		families: words("Hernández Ramírez Pérez Chávez Domínguez Vázquez Gutiérrez Castañeda"),
		phones:   words("+5255######## +5233########"), mailHosts: words("hotmail.com prodigy.net.mx outlook.com"),
		cities:  lines("Ciudad de México|CDMX|06###; Guadalajara|Jalisco|44###; Mérida|Yucatán|97###"),
		streets: lines("Av. Insurgentes Sur %d; Calle Hidalgo %d; Paseo de la Reforma %d"),
	},
	{
		locale: "pt-Latn-BR", weight: 35, currency: "USD", company: "%s Comércio e Serviços Ltda.", space: " ",
		givens:   words("João Conceição Luís Patrícia Antônio Luíza Márcio Maria_Aparecida Thiago Júlia"),
		families: words("Gonçalves Araújo dos_Santos da_Conceição_Oliveira Magalhães Guimarães Corrêa Assunção"),
		phones:   words("+551198####### +552197#######"), mailHosts: words("uol.com.br bol.com.br terra.com.br"),
		cities:  lines("São Paulo|SP|01###-###; Rio de Janeiro|RJ|20###-###; Brasília|DF|70###-###; Goiânia|GO|74###-###"),
		streets: lines("Rua Augusta, %d; Avenida Paulista, %d; Praça da Sé, %d"),
	},
	{
		locale: "it-Latn-IT", weight: 25, currency: "EUR", company: "Fratelli %s S.r.l.", space: " ",
		givens:   words("Niccolò Chiara Matteo Francesca Luca Giulia Alessandro Noemi"),
		families: words("Rossi Ferrari Esposito Bianchi Colombo De_Nicolò D'Amico Cantù"),
		phones:   words("+39347####### +39328#######"), mailHosts: words("libero.it tiscali.it virgilio.it"),
		cities:  lines("Roma|RM|001##; Milano|MI|201##; Torino|TO|101##; Forlì|FC|4712#"),
		streets: lines("Via Roma, %d; Corso Garibaldi, %d; Piazza della Libertà, %d"),
	},
	{
		locale: "sv-Latn-SE", weight: 20, currency: "EUR", company: "Bröderna %s AB", space: " ",
		givens:   words("Åke Åsa Björn Märta Göran Ingrid Östen Linnéa"),
		families: words("Åkesson Lindström Sjöberg Öberg Bergström Ekelöf Nyström Wallin"),
		phones:   words("+4670174060# +4670174061# +4670174062#"), mailHosts: words("telia.com spray.se"),
		cities:  lines("Stockholm||111 ##; Göteborg||411 ##; Malmö||211 ##; Umeå||903 ##"),
		streets: lines("Storgatan %d; Drottninggatan %d; Ängsvägen %d"),
	},
	{
		locale: "nb-Latn-NO", weight: 10, currency: "EUR", company: "%s Rederi AS", space: " ",
		givens:   words("Øyvind Sigrid Håkon Gunnhild Bjørn Åse Pål Kjærsti"),
		families: words("Sørensen Ødegård Bjørnstad Haugen Nygård Sæther"),
		phones:   words("+47412##### +47934#####"), mailHosts: words("online.no outlook.com"),
		cities:  lines("Oslo||015#; Tromsø||900#; Bergen||500#; Ålesund||600#"),
		streets: lines("Karl Johans gate %d; Bryggen %d; Sjøgata %d"),
	},
	{
		locale: "tr-Latn-TR", weight: 20, currency: "EUR", company: "%s Ticaret A.Ş.", space: " ",
		givens:   words("Çağrı Şule Ömer Gülşen Işık Ayşe İbrahim Tuğba"),
		families: words("Yılmaz Şahin Öztürk Çelik Doğan Kılıç Güneş Aydın"),
		phones:   words("+90532####### +90542#######"), mailHosts: words("mynet.com outlook.com"),
		cities:  lines("İstanbul|Beyoğlu|344##; Ankara|Çankaya|064##; İzmir|Konak|352##"),
		streets: lines("İstiklal Caddesi No: %d; Atatürk Bulvarı No: %d; Gül Sokağı No: %d"),
	},
	{
		locale: "hu-Latn-HU", weight: 10, currency: "EUR", company: "%s és Fia Kft.", familyFirst: true, space: " ",
		givens:   words("László Erzsébet György Ágnes Ödön Zsófia"),
		families: words("Nagy Kovács Szabó Tóth Szőke Győrffy"),
		phones:   words("+36201###### +36301######"), mailHosts: words("freemail.hu citromail.hu"),
		cities:  lines("Budapest||1051; Győr||9021; Pécs||7621"),
		streets: lines("Fő utca %d.; Petőfi Sándor utca %d."),
	},
	{
		locale: "vi-Latn-VN", weight: 30, currency: "USD", company: "Công ty TNHH %s", familyFirst: true, space: " ",
		givens:   words("Văn_An Thị_Hương Quốc_Bảo Thu_Hà Đức_Minh Ngọc_Ánh Hữu_Phước Mỹ_Linh"),
		families: words("Nguyễn Nguyễn Nguyễn Trần Lê Phạm Huỳnh Đặng Bùi Võ"),
		phones:   words("+8490####### +8498#######"), mailHosts: words("yahoo.com.vn outlook.com"),
		cities:  lines("Hà Nội||10####; Thành phố Hồ Chí Minh||70####; Đà Nẵng||55####"),
		streets: lines("%d Lê Lợi; %d Trần Hưng Đạo; %d Nguyễn Huệ"),
	},
}
