package demo

// otherScripts are the cultures that do not write in Latin script.
var otherScripts = []culture{
	{
		locale: "ru-Cyrl-KZ", weight: 25, currency: "USD", company: "ТОО «%s и партнёры»", space: " ",
		givens: words(`Алексей=Aleksei Елена=Elena Дмитрий=Dmitrii Наталья=Natalya Фёдор=Fyodor Юлия=Yulia
			Сергей=Sergei Ольга=Olga`),
		families: words(`Иванов=Ivanov/Иванова=Ivanova Смирнов=Smirnov/Смирнова=Smirnova Жуков=Zhukov/Жукова=Zhukova
			Соловьёв=Solovyov/Соловьёва=Solovyova Щербаков=Shcherbakov/Щербакова=Shcherbakova`),
		phones: words("+7701####### +7777#######"), mailHosts: words("mail.ru yandex.kz outlook.com"),
		cities:  lines("Алматы||0500##; Астана||0100##; Караганда||1000##"),
		streets: lines("ул. Абая, %d; пр. Назарбаева, %d; ул. Гоголя, %d"),
	},
	{
		locale: "uk-Cyrl-UA", weight: 30, currency: "EUR", company: "ТОВ «%s»", space: " ",
		givens: words(`Олександр=Oleksandr Оксана=Oksana Андрій=Andrii Ганна=Hanna Євген=Yevhen Юлія=Yuliia
			Ігор=Ihor Їванна=Yivanna`),
		families: words("Шевченко=Shevchenko Коваленко=Kovalenko Бондаренко=Bondarenko Ткачук=Tkachuk Мельник=Melnyk"),
		phones:   words("+38050####### +38067#######"), mailHosts: words("ukr.net i.ua meta.ua"),
		cities:  lines("Київ||010##; Львів||790##; Одеса||650##; Харків||610##"),
		streets: lines("вул. Хрещатик, %d; вул. Лесі Українки, %d; просп. Свободи, %d"),
	},
	{
		locale: "bg-Cyrl-BG", weight: 8, currency: "EUR", company: "%s и синове ООД", space: " ",
		givens:   words("Георги=Georgi Мария=Maria Димитър=Dimitar Цветелина=Tsvetelina"),
		families: words("Димитров=Dimitrov/Димитрова=Dimitrova Петров=Petrov/Петрова=Petrova"),
		phones:   words("+35988####### +35989#######"), mailHosts: words("abv.bg mail.bg"),
		cities:  lines("София||10##; Пловдив||40##; Варна||90##"),
		streets: lines("бул. Витоша %d; ул. Раковски %d"),
	},
	{
		locale: "el-Grek-GR", weight: 20, currency: "EUR", company: "%s & ΣΙΑ Ε.Ε.", space: " ",
		givens: words(`Γιώργος=Giorgos Μαρία=Maria Δημήτρης=Dimitris Ελένη=Eleni Νίκος=Nikos Κατερίνα=Katerina
			Χρήστος=Christos Σοφία=Sofia`),
		families: words(`Παπαδόπουλος=Papadopoulos/Παπαδοπούλου=Papadopoulou Οικονόμου=Oikonomou
			Γεωργίου=Georgiou Αντωνίου=Antoniou Βασιλείου=Vasileiou`),
		phones: words("+30694####### +30697#######"), mailHosts: words("otenet.gr yahoo.gr"),
		cities:  lines("Αθήνα|Αττική|105 ##; Θεσσαλονίκη|Κεντρική Μακεδονία|546 ##; Πάτρα|Δυτική Ελλάδα|262 ##"),
		streets: lines("Ερμού %d; Πανεπιστημίου %d; Αγίου Δημητρίου %d"),
	},
	{
		locale: "zh-Hans-CN", weight: 60, currency: "CNY", company: "%s科技有限公司", familyFirst: true,
		givens: words(`伟=Wei 芳=Fang 秀英=Xiuying 娜=Na 敏=Min 静=Jing 强=Qiang 丽=Li 磊=Lei 洋=Yang 艳=Yan 勇=Yong 杰=Jie
			涛=Tao 明=Ming 霞=Xia 子涵=Zihan 梓萱=Zixuan 浩宇=Haoyu 欣怡=Xinyi`),
		families: words(`王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 杨=Yang 赵=Zhao 黄=Huang 周=Zhou 吴=Wu 徐=Xu 孙=Sun
			欧阳=Ouyang 司马=Sima`),
		phones: words("+86138######## +86159######## +86186########"), mailHosts: words("qq.com 163.com 126.com sina.com"),
		cities:  lines("北京市||1000##; 上海市||2000##; 广州市|广东省|5100##; 深圳市|广东省|5180##; 成都市|四川省|6100##"),
		streets: lines("中山路%d号; 人民路%d号; 长安街%d号; 解放大道%d号"),
	},
	{
		locale: "zh-Hant-TW", weight: 15, currency: "USD", company: "%s國際股份有限公司", familyFirst: true,
		givens:   words("志明=Chih-ming 淑芬=Shu-fen 俊傑=Chun-chieh 雅婷=Ya-ting 建宏=Chien-hung 怡君=Yi-chun"),
		families: words("陳=Chen 林=Lin 黃=Huang 張=Chang 李=Lee 吳=Wu 蔡=Tsai"),
		phones:   words("+88691####### +88697#######"), mailHosts: words("yahoo.com.tw pchome.com.tw"),
		cities:  lines("臺北市|信義區|110##; 臺中市|西屯區|407##; 高雄市|苓雅區|802##"),
		streets: lines("忠孝東路四段%d號; 中正路%d號; 民生路%d號"),
	},
	{
		locale: "ja-Jpan-JP", weight: 50, currency: "JPY", company: "株式会社%s商事", familyFirst: true, space: " ",
		givens: words(`健=Ken さくら=Sakura 翔太=Shota 陽菜=Hina 大輔=Daisuke 美咲=Misaki 蓮=Ren ひなた=Hinata 誠=Makoto
			エミ=Emi 隆=Takashi 葵=Aoi カール=Karl 恵子=Keiko`),
		families: words(`佐藤=Sato 鈴木=Suzuki 高橋=Takahashi 田中=Tanaka 伊藤=Ito 渡辺=Watanabe 山本=Yamamoto 中村=Nakamura
			小林=Kobayashi 加藤=Kato 髙﨑=Takasaki イシイ=Ishii`),
		phones: words("+81903####### +81804#######"), mailHosts: words("yahoo.co.jp docomo.ne.jp ezweb.ne.jp icloud.com"),
		cities:  lines("千代田区|東京都|100-00##; 渋谷区|東京都|150-00##; 大阪市|大阪府|530-00##; 京都市|京都府|600-80##; 札幌市|北海道|060-00##"),
		streets: lines("丸の内1丁目%d番地; 本町2-%d; 中央通り%d"),
	},
	{
		locale: "ko-Kore-KR", weight: 30, currency: "USD", company: "주식회사 %s상사", familyFirst: true,
		givens: words(`민준=Minjun 서연=Seoyeon 지훈=Jihun 수진=Sujin 영호=Yeongho 하은=Haeun 도윤=Doyun 지우=Jiu 현우=Hyeonu
			은영=Eunyeong`),
		families: words("김=Kim 이=Lee 박=Park 최=Choi 정=Jung 강=Kang 조=Cho 남궁=Namgung"),
		phones:   words("+8210########"), mailHosts: words("naver.com daum.net hanmail.net"),
		cities:  lines("서울특별시|중구|045##; 부산광역시|해운대구|480##; 인천광역시|연수구|219##"),
		streets: lines("세종대로 %d; 테헤란로 %d; 해운대로 %d"),
	},
	{
		locale: "ar-Arab-EG", weight: 20, currency: "USD", company: "شركة %s للتجارة", space: " ",
		givens: words(`محمد=Mohamed فاطمة=Fatma أحمد=Ahmed مريم=Mariam عمر=Omar نور=Nour يوسف=Youssef هبة=Heba
			عبد_الرحمن=Abdelrahman سلمى=Salma`),
		families: words("حسن=Hassan المصري=Elmasry إبراهيم=Ibrahim عبد_الله=Abdallah السيد=Elsayed منصور=Mansour"),
		phones:   words("+20100####### +20122#######"), mailHosts: words("yahoo.com outlook.com"),
		cities:  lines("القاهرة|القاهرة|115##; الإسكندرية|الإسكندرية|215##; الجيزة|الجيزة|125##"),
		streets: lines("%d شارع التحرير; %d شارع النيل; %d طريق الحرية"),
	},
	{
		locale: "ar-Arab-AE", weight: 15, currency: "USD", company: "مجموعة %s القابضة", space: " ",
		givens:   words("خالد=Khalid عائشة=Aisha سعيد=Saeed شيخة=Shaikha راشد=Rashid موزة=Moza"),
		families: words("المنصوري=Almansoori الشامسي=Alshamsi النعيمي=Alnuaimi المهيري=Almheiri"),
		phones:   words("+97150####### +97155#######"), mailHosts: words("eim.ae outlook.com"),
		cities:  lines("دبي|دبي|; أبوظبي|أبوظبي|; الشارقة|الشارقة|"),
		streets: lines("%d شارع الشيخ زايد; %d شارع الخليج العربي"),
	},
	{
		locale: "he-Hebr-IL", weight: 18, currency: "USD", company: `%s ובניו בע״מ`, space: " ",
		givens:   words("יוסף=Yosef נועה=Noa דוד=David תמר=Tamar אריאל=Ariel מאיה=Maya משה=Moshe שירה=Shira"),
		families: words("כהן=Cohen לוי=Levi מזרחי=Mizrahi פרץ=Peretz בן_דוד=Bendavid פרידמן=Friedman"),
		phones:   words("+972522###### +972545######"), mailHosts: words("walla.co.il bezeqint.net"),
		cities:  lines("תל אביב-יפו||61#####; ירושלים||91#####; חיפה||31#####"),
		streets: lines("רחוב דיזנגוף %d; שדרות רוטשילד %d; דרך יפו %d"),
	},
	{
		locale: "hi-Deva-IN", weight: 35, currency: "USD", company: "%s एंड संस प्राइवेट लिमिटेड", space: " ",
		givens: words(`अमित=Amit प्रिया=Priya राहुल=Rahul सुनीता=Sunita विकास=Vikas कविता=Kavita अर्जुन=Arjun
			लक्ष्मी=Lakshmi`),
		families: words("शर्मा=Sharma वर्मा=Verma गुप्ता=Gupta सिंह=Singh मिश्रा=Mishra श्रीवास्तव=Srivastava"),
		phones:   words("+9198######## +9197########"), mailHosts: words("rediffmail.com yahoo.co.in outlook.com"),
		cities:  lines("नई दिल्ली|दिल्ली|1100##; मुंबई|महाराष्ट्र|4000##; जयपुर|राजस्थान|3020##; लखनऊ|उत्तर प्रदेश|2260##"),
		streets: lines("%d महात्मा गांधी मार्ग; %d स्टेशन रोड; %d नेहरू नगर"),
	},
	{
		locale: "th-Thai-TH", weight: 20, currency: "USD", company: "บริษัท %s จำกัด", space: " ",
		givens:   words("สมชาย=Somchai สมหญิง=Somying ณัฐพล=Nattapon กนกวรรณ=Kanokwan ธนากร=Thanakorn พิมพ์ชนก=Pimchanok"),
		families: words("ใจดี=Jaidee ศรีสุข=Srisuk วงศ์สวัสดิ์=Wongsawat ทองคำ=Thongkham แสงจันทร์=Saengchan"),
		phones:   words("+6681####### +6689#######"), mailHosts: words("hotmail.co.th outlook.com"),
		cities:  lines("กรุงเทพมหานคร|เขตบางรัก|105##; เชียงใหม่|เชียงใหม่|502##; ภูเก็ต|ภูเก็ต|831##"),
		streets: lines("%d ถนนสุขุมวิท; %d ถนนสีลม; %d ถนนราชดำเนิน"),
	},
}
