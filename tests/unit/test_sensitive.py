"""A CV's owner is warned of what it need not tell, in their language, and not of what is only their work."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.sensitive import MESSAGES, warnings
from store.sensitive_words import patterns
from store.wording import LANGUAGES

H, E, P, B = "health", "ethnic_origin", "political_opinion", "belief"
U, G, A, C = "union_membership", "biometric_genetic", "addiction_or_sex_life", "crime_and_punishment"
F = "abusive_conduct_and_fines"

TOLD_IN_FINNISH = [
    (H, "Minulla on diabetes, mutta se ei haittaa työtä."),
    (H, "Sairastan epilepsiaa."),
    (H, "Minulla on todettu ADHD aikuisena."),
    (H, "Olen kuulovammainen ja käytän tulkkia."),
    (H, "Olin pitkällä sairauslomalla viime vuonna."),
    (H, "Kärsin pitkään masennuksesta."),
    (H, "Terveydentila: hyvä"),
    (H, "Sairauteni on nyt hyvin hallinnassa."),
    (H, "Olen osatyökykyinen ja haen sopivaa työtä."),
    (H, "Jäin työkyvyttömyyseläkkeelle vuonna 2015."),
    (H, "Olen raskaana ja voin aloittaa syksyllä."),
    (H, "Toivuin rintasyövästä ja palasin töihin."),
    (E, "Olen romani ja ylpeä siitä."),
    (E, "Kansallisuus: romani"),
    (E, "Olen taustaltani saamelainen."),
    (E, "Etninen tausta: kurdi"),
    (E, "Olen maahanmuuttajataustainen nuori."),
    (P, "Olen Kokoomuksen jäsen."),
    (P, "Äänestän aina Vihreitä."),
    (P, "Kaupunginvaltuutettu (SDP) 2017–2021"),
    (P, "Poliittinen kanta: vasemmisto"),
    (P, "Olin ehdolla kuntavaaleissa 2021."),
    (P, "Olen vakaumukseltani sosialisti."),
    (B, "Olen uskova kristitty."),
    (B, "Uskonto: ev.lut."),
    (B, "Kuulun evankelis-luterilaiseen kirkkoon."),
    (B, "Uskontoni ei estä viikonlopputyötä."),
    (B, "Uskon Jumalaan ja rukoilen joka päivä."),
    (B, "Olen ateisti."),
    (U, "Olen JHL:n jäsen."),
    (U, "Olen jäsenenä Palvelualojen ammattiliitossa."),
    (U, "Kuulun ammattiliittoon."),
    (U, "Tehyn jäsen vuodesta 2012"),
    (U, "Jäsenyydet: TEK"),
    (U, "Olen ammattiyhdistysaktiivi."),
    (G, "Geenitestini osoitti suurentuneen riskin."),
    (G, "Kannan BRCA1-geenimutaatiota."),
    (G, "Veriryhmä: A+"),
    (G, "Sormenjälkeni on tallennettu passiin."),
    (A, "Olen raitistunut alkoholisti."),
    (A, "Käyn AA-kerhossa joka tiistai."),
    (A, "Olen homo ja avoin siitä."),
    (A, "Minulla oli peliongelma nuorempana."),
    (A, "Seksuaalinen suuntautuminen: hetero"),
    (A, "Olin päihdekuntoutuksessa kaksi vuotta."),
    (C, "Minut tuomittiin petoksesta vuonna 2010."),
    (C, "Olen ollut vankilassa."),
    (C, "Suoritin vankeusrangaistuksen Kylmäkoskella."),
    (C, "Vankeus 2015–2017"),
    (C, "Sain ehdollista pahoinpitelystä."),
    (C, "Minulla on merkintä rikosrekisterissä."),
    (C, "Syyllistyin nuorena varkauteen."),
    (F, "Sain ylinopeussakon viime kesänä."),
    (F, "Minulle määrättiin päiväsakkoja."),
    (F, "Minua syytettiin häirinnästä."),
    (F, "Minut irtisanottiin kiusaamisen vuoksi."),
    (F, "Minulla on lähestymiskielto."),
]

TOLD_IN_SWEDISH = [
    (H, "Jag har epilepsi men tar medicin."),
    (H, "Jag har diabetes typ 1."),
    (H, "Jag är döv och använder tolk."),
    (H, "Jag var sjukskriven under 2019."),
    (H, "Jag lider av svår migrän."),
    (H, "Hälsa: god"),
    (H, "Min funktionsnedsättning syns inte."),
    (H, "Jag fick diagnosen ADHD som vuxen."),
    (H, "Sjukskriven 2020–2021"),
    (H, "Jag är gravid och kan börja i höst."),
    (H, "Jag har en hörselnedsättning."),
    (H, "Har adhd."),
    (E, "Jag är rom och talar romani."),
    (E, "Jag är same från Kiruna."),
    (E, "Etnisk bakgrund: kurdisk"),
    (E, "Jag har samiska rötter."),
    (E, "Min hudfärg har varit ett hinder."),
    (P, "Jag är socialdemokrat."),
    (P, "Medlem i Moderaterna sedan 2008"),
    (P, "Jag röstar på Miljöpartiet."),
    (P, "Politisk åskådning: liberal"),
    (P, "Kandiderade för Svenska folkpartiet 2017."),
    (P, "Mina politiska åsikter är konservativa."),
    (B, "Jag är kristen."),
    (B, "Jag är praktiserande muslim."),
    (B, "Religion: islam"),
    (B, "Min tro är viktig för mig."),
    (B, "Jag tror på Gud."),
    (B, "Medlem i Pingstkyrkan"),
    (B, "Kristen och familjefar med stort hjärta."),
    (U, "Jag är medlem i Unionen."),
    (U, "Medlem i IF Metall sedan 2005"),
    (U, "Jag är fackligt aktiv."),
    (U, "Jag gick med i facket 2011."),
    (U, "Fackförbund: Kommunal"),
    (U, "Mitt fackförbund hjälpte mig."),
    (G, "Mitt DNA är undersökt."),
    (G, "Jag bär på en BRCA-mutation."),
    (G, "Blodgrupp: 0 negativ"),
    (G, "Mina fingeravtryck finns i registret."),
    (A, "Jag är nykter alkoholist."),
    (A, "Jag är homosexuell."),
    (A, "Mitt missbruk ligger bakom mig."),
    (A, "Sexuell läggning: bisexuell"),
    (A, "Jag går på AA varje vecka."),
    (A, "Jag hade spelproblem."),
    (C, "Jag blev dömd för stöld."),
    (C, "Jag satt i fängelse i två år."),
    (C, "Avtjänade ett fängelsestraff 2012."),
    (C, "Jag har ett kriminellt förflutet."),
    (C, "Jag finns i belastningsregistret."),
    (C, "Fängelse 2010–2012"),
    (F, "Jag fick böter för fortkörning."),
    (F, "Jag dömdes till dagsböter."),
    (F, "Jag anklagades för sexuella trakasserier."),
    (F, "Jag har kontaktförbud."),
    (F, "Jag blev uppsagd för mobbning."),
]

TOLD_IN_ENGLISH = [
    (H, "I have type 1 diabetes."),
    (H, "I suffer from chronic migraines."),
    (H, "I am deaf and use sign language."),
    (H, "I was on sick leave for a year."),
    (H, "I was diagnosed with ADHD in 2018."),
    (H, "My disability does not affect my work."),
    (H, "Health: excellent"),
    (H, "I'm pregnant and can start in autumn."),
    (H, "I use a wheelchair."),
    (H, "I had a burnout in 2020."),
    (H, "I’ve had breast cancer."),
    (H, "Diagnosed with epilepsy as a child."),
    (H, "I am HIV-positive."),
    (E, "I am Roma and proud of it."),
    (E, "Ethnicity: Kurdish"),
    (E, "I'm of African descent."),
    (E, "My skin colour has been an obstacle."),
    (E, "I have Sámi roots."),
    (P, "I am a social democrat."),
    (P, "Member of the Green Party"),
    (P, "I vote for the Labour Party."),
    (P, "Political views: conservative"),
    (P, "My political opinions are well known."),
    (P, "Candidate for the Centre Party in 2019"),
    (B, "I am a devout Christian."),
    (B, "My religion does not allow work on Saturdays."),
    (B, "Religion: Muslim"),
    (B, "I believe in God."),
    (B, "I attend a Lutheran church."),
    (B, "I'm an atheist."),
    (U, "I am a member of the union."),
    (U, "Member of Unison since 2010"),
    (U, "I'm a trade union member."),
    (U, "My union membership began in 2012."),
    (U, "I joined a trade union."),
    (U, "Trade union: Unite"),
    (G, "My DNA was sequenced."),
    (G, "I carry the BRCA1 gene."),
    (G, "Blood type: O+"),
    (G, "I have a hereditary disease."),
    (A, "I am a recovering alcoholic."),
    (A, "I'm gay."),
    (A, "My sexual orientation is nobody's business."),
    (A, "I attend AA meetings weekly."),
    (A, "I had a gambling problem."),
    (A, "I struggled with drug addiction."),
    (C, "I was convicted of fraud in 2009."),
    (C, "I have a criminal record."),
    (C, "I served two years in prison."),
    (C, "My prison sentence ended in 2014."),
    (C, "I was sentenced to community service."),
    (C, "I'm on parole."),
    (F, "I was fined for speeding."),
    (F, "I was accused of sexual harassment."),
    (F, "I paid a fine."),
    (F, "I have a restraining order against me."),
    (F, "I was dismissed for bullying."),
]

WORK_IN_FINNISH = [
    "Työskentelin mielenterveyspotilaiden kanssa.",
    "Hoidin diabetesta sairastavia potilaita.",
    "Terveydenhoitaja, Helsingin kaupunki",
    "Minulla on kokemusta diabeteksen hoidosta.",
    "Minulla on laaja kokemus terveydenhuollosta.",
    "Minulla on autismikirjon asiakkaiden ohjaajan koulutus.",
    "Olen erikoistunut raskaana olevien hoitoon.",
    "Olen ohjannut autistisia lapsia.",
    "Kehitin syöpälääkkeitä.",
    "HIV-positiivisten potilaiden tukihenkilö",
    "Vastasin sairauslomien sijaisjärjestelyistä.",
    "Sijaisuus sairausloman ajaksi.",
    "Terveys- ja hyvinvointiala kiinnostaa minua.",
    "Olen allekirjoittanut vaitiolositoumuksen.",
    "Työterveyshuollon järjestäminen",
    "Lääketurvallisuuden asiantuntija",
    "Opetin romanikieltä peruskoulussa.",
    "Saamelaiskäräjien tiedottaja",
    "Olen suomalainen insinööri.",
    "Kansallisuus: suomalainen",
    "Kielet: kurdi, somali ja arabia",
    "Maahanmuuttajien kotoutumisen ohjaaja",
    "Olen insinööritaustainen tuoteomistaja.",
    "Mustan ja valkoisen tulostuksen asiantuntija",
    "Valtiotieteiden maisteri, poliittinen historia",
    "Vihreiden eduskuntaryhmän avustaja",
    "Työpaikka sijaitsi Tampereen keskustassa.",
    "Toimin vihreän siirtymän hankkeessa.",
    "Politiikan toimittaja, Yle",
    "Kannatan avointa keskustelua.",
    "Puolueeton asiantuntija",
    "Äänestysjärjestelmien testaaja",
    "Uskon tiimityöhön.",
    "Uskon, että olen sopiva tehtävään.",
    "Seurakunnan nuorisotyönohjaaja",
    "Kanttori, Kallion seurakunta",
    "Uskonnon ja elämänkatsomustiedon opettaja",
    "Kristillisen opiston rehtori",
    "Kuulun tiimin ydinjoukkoon.",
    "SAK ry:n viestintäpäällikkö",
    "Ammattiliitto Pron lakimies",
    "Neuvottelin ammattiliittojen kanssa työehdoista.",
    "Pääluottamusmiehen sijaisena opin työlainsäädäntöä.",
    "Olen hallituksen jäsen asunto-osakeyhtiössä.",
    "Olen Suomen Palloliiton jäsen.",
    "Johtoryhmän jäsen",
    "Olen ollut jäsenenä ohjausryhmässä.",
    "DNA Oyj, asiakaspalvelija",
    "Geenitekniikan tutkija",
    "Kehitin sormenjälkitunnistusta puhelimiin.",
    "Biometrisen tunnistuksen projektipäällikkö",
    "Ohjasin päihderiippuvaisia asiakkaita.",
    "Päihdetyöntekijä, A-klinikka",
    "Alkoholilain mukainen anniskelupassi",
    "Seksuaaliterapeutti ja -neuvoja",
    "Olen riippuvainen vain kahvista.",
    "Rikosseuraamuslaitos, vartija",
    "Rikosoikeuteen erikoistunut asianajaja",
    "Ohjasin vankeusrangaistusta suorittavia.",
    "Sain asiakkaalleni vapauttavan tuomion.",
    "Tuomarina käräjäoikeudessa",
    "Puhdas rikosrekisteri",
    "Rikosrekisteriote esitetään pyydettäessä.",
    "Vankilan johtaja, Riihimäki",
    "Sovin viivästyssakosta toimittajan kanssa.",
    "Kirjoitin pysäköintivirhemaksuja ja sakkoja.",
    "Häirinnän ehkäisyn yhdyshenkilö",
    "Laadin kiusaamisen vastaisen suunnitelman.",
    "Olen terveystieteiden maisteri.",
    "Olen sairaanhoitaja ja kätilö.",
    "Minulla on ajokortti ja oma auto.",
    "Olen vahva kirjoittaja ja nopea oppimaan.",
    "Minulla on hygieniapassi ja tulityökortti.",
]

WORK_IN_SWEDISH = [
    "Jag arbetade med patienter som hade psykisk ohälsa.",
    "Jag har lång erfarenhet av diabetesvård.",
    "Jag har utbildning i demens och diabetes.",
    "Sjuksköterska på canceravdelningen",
    "Personer som har epilepsi fick mitt stöd.",
    "Jag har arbetat med barn med autism.",
    "Jag är specialiserad på hälsa och säkerhet.",
    "Hälso- och sjukvård",
    "Ansvarade för sjukskrivningar och rehabilitering.",
    "Vikarie för sjukskriven kollega",
    "Läkemedelssäkerhet",
    "Hälsopedagog på Hälsohuset",
    "Allergianpassad matlagning",
    "Jag har körkort och truckkort.",
    "Teckenspråkstolk för döva",
    "Blindskrift, grundkurs",
    "Samisk slöjd, kursledare",
    "Jag undervisade i romani chib.",
    "Jag är svensk och finländsk medborgare.",
    "Nationalitet: svensk",
    "Språk: kurdiska, arabiska",
    "Integrationshandledare för invandrare",
    "Jag är samordnare på kommunen.",
    "Svart bälte i sex sigma",
    "Statsvetare, politisk historia",
    "Politisk sekreterare i riksdagen",
    "Jag är liberal med beröm och tydlig med mål.",
    "Politisk kommunikation, 30 hp",
    "Part i förhandlingar om avtal",
    "Medlem i styrelsen",
    "Medlem i ledningsgruppen",
    "Jag röstar aldrig ner en bra idé.",
    "Grönområden och parker",
    "Modern utveckling och moderat takt",
    "Präst i Svenska kyrkan",
    "Kantor i Lunds domkyrkoförsamling",
    "Lärare i religion och historia",
    "Religion: årskurs 7–9",
    "Jag tror på samarbete.",
    "Min tro är att kunden kommer först.",
    "Kristna folkhögskolan, elevassistent",
    "Jag är kyrkogårdsarbetare.",
    "Ombudsman på Unionen",
    "Jag förhandlade med facket om löner.",
    "Kommunal nämnd, sekreterare",
    "Medlem i kommunal nämnd",
    "Jag är medlem i en brottarklubb.",
    "Medlem i Rotary",
    "Fackman inom bygg",
    "Facklitteratur och översättning",
    "DNA-analys i laboratorium",
    "Biometriska lås, produktägare",
    "Genteknik, examensarbete",
    "Fingeravtrycksläsare, testledare",
    "Behandlingsassistent för personer med missbruk",
    "Jag stöttade klienter med spelberoende.",
    "Jag är beroende av en bra arbetsmiljö.",
    "Sexualrådgivare vid mottagningen",
    "Alkoholtillstånd och serveringsansvar",
    "Kriminalvårdare på anstalten i Kumla",
    "Brottmålsadvokat",
    "Jag försvarade personer åtalade för stöld.",
    "Fängelsepräst, Hall",
    "Ett utdrag ur belastningsregistret visas vid behov.",
    "Domare i tingsrätten",
    "Jag skrev ut böter som parkeringsvakt.",
    "Handlägger trakasserier och mobbning som HR-chef",
    "Jag utredde klagomål om mobbning.",
    "Kontaktperson för stödboende",
    "Jag är glad, frisk i tanken och van vid skift.",
    "Jag har ansvar för ett team på tio.",
    "Jag är stark i analys och svår att stressa.",
    "Jag har haft ansvar för hälsa, miljö och säkerhet.",
]

WORK_IN_ENGLISH = [
    "I worked with patients who have diabetes.",
    "I have diabetes care experience.",
    "I have HIV counselling training.",
    "I have experience in mental health nursing.",
    "Health care assistant",
    "Occupational health and safety specialist",
    "Drug safety officer at a pharmaceutical company",
    "Nurse in a cancer ward",
    "Health: nurse, midwife and first aider",
    "I was responsible for sick leave administration.",
    "Maternity cover for a colleague",
    "My mental health nursing degree is from Leeds.",
    "My disability studies thesis won a prize.",
    "I taught deaf children.",
    "I have cancer research experience.",
    "Cooked for guests with allergies.",
    "I helped clients who suffer from anxiety.",
    "Support worker for blind adults",
    "I am a healthcare manager.",
    "Blind tasting of wines",
    "Taught Kurdish to adults.",
    "I am white-label product lead.",
    "I am a black belt in Six Sigma.",
    "I am Finnish.",
    "Nationality: Finnish",
    "Languages: Arabic, Somali and Romani",
    "Race engineer, rally team",
    "Race: 10 km organiser",
    "Worked on the integration of immigrants.",
    "I have an immigrant integration diploma.",
    "Political science, BA",
    "Political reporter at a newspaper",
    "I support the sales team.",
    "I support customers in three languages.",
    "Member of the board",
    "Member of the management team",
    "Member of a working party on accessibility",
    "Party planner and host",
    "Green energy engineer",
    "Conservative estimates of cost",
    "I am liberal with praise.",
    "I believe in teamwork.",
    "Pastor at St Mary's Church",
    "Teacher of religion and ethics",
    "Religion: years 7–9, teacher",
    "Church organist",
    "Christian Aid, fundraiser",
    "I have faith in people.",
    "My beliefs about testing",
    "Organiser at a trade union",
    "Legal counsel for Unison",
    "Member of the European Union's expert group",
    "I am a member of the students' union.",
    "Credit union cashier",
    "Negotiated with unions on pay.",
    "Western Union agent",
    "DNA sequencing technician",
    "Developed fingerprint authentication.",
    "Biometric passports, project manager",
    "Gene therapy researcher",
    "Counselled people with addictions.",
    "I worked with recovering alcoholics.",
    "Drug and alcohol support worker",
    "Sexual health adviser",
    "I am addicted-to-data analytics blogger",
    "Criminal lawyer",
    "Prison officer",
    "I represented clients convicted of fraud.",
    "Criminal record: none",
    "Prison chaplain at Kumla",
    "I was charged with leading the team.",
    "I have a clean driving licence.",
    "Probation officer",
    "I have fine motor skills.",
    "I have a fine arts degree.",
    "Anti-harassment policy owner",
    "Investigated complaints of bullying.",
    "I got fined-tuned models into production.",
    "My sentence structure is clear.",
    "I was sentenced-level annotator",
    "I have convictions about quality.",
]

TOLD = [*TOLD_IN_FINNISH, *TOLD_IN_SWEDISH, *TOLD_IN_ENGLISH]
WORK = [*WORK_IN_FINNISH, *WORK_IN_SWEDISH, *WORK_IN_ENGLISH]


@pytest.mark.promise("A6")
@pytest.mark.parametrize(("kind", "sentence"), TOLD)
def test_what_people_tell_of_themselves_is_found(kind: str, sentence: str) -> None:
    for text in (sentence, f"Hei! {sentence}\nABC", sentence.upper().replace("İ", "I")):
        found = warnings({"summary": text}, "en")
        assert kind in [one.kind for one in found]
        assert all(one.found == text[one.start : one.end] for one in found)


@pytest.mark.promise("A6")
@pytest.mark.parametrize("sentence", WORK)
def test_what_people_tell_of_their_work_is_not(sentence: str) -> None:
    assert warnings({"summary": sentence, "experience": [{"title": sentence}], "skills": [sentence]}, "fi") == []


@pytest.mark.promise("A6")
def test_a_warning_says_where_in_the_language_of_the_cv() -> None:
    cv = {
        "summary": "Työskentelen Turussa. Minulla on diabetes.",
        "experience": [{"title": "Kock"}, {"description": "Jag är medlem i Unionen och trivs."}],
        "references": [{"name": "Matti", "relation": "esimies, 131052-308T", "consent": True}],
        "wishes": {"text": "I am a Christian and wish for free Sundays."},
    }
    found = warnings(cv, "sv")
    assert [(one.field, one.start, one.end, one.kind, one.found) for one in found] == [
        ("summary", 22, 41, "health", "Minulla on diabetes"),
        ("experience[1].description", 0, 23, "union_membership", "Jag är medlem i Unionen"),
        ("references[0].relation", 9, 20, "identity_number", "•" * 11),
        ("wishes.text", 0, 16, "belief", "I am a Christian"),
    ]
    assert [one.message[:9] for one in found] == ["Här verka", "Här verka", "Det här s", "Här verka"]


def test_each_kind_has_a_message_of_its_own_in_each_language() -> None:
    told = " ".join(sentence for _, sentence in TOLD) + " 131052-308T"
    spoken = {}
    for language in LANGUAGES:
        messages = {one.kind: one.message for one in warnings({"summary": told}, language)}
        assert messages.keys() == MESSAGES.keys()
        assert len(set(messages.values())) == len(MESSAGES)
        spoken[language] = messages
    for kind in MESSAGES:
        assert len({spoken[language][kind] for language in LANGUAGES}) == len(LANGUAGES)
    filed = [*patterns().alone.values(), *(some for next_ in patterns().followed.values() for some in next_.values())]
    assert {pattern.kind for some in filed for pattern in some} == MESSAGES.keys() - {"identity_number"}


@pytest.mark.promise("A6")
def test_what_the_person_chose_to_state_is_theirs_but_for_an_identity_number() -> None:
    stated = {"ethnicity": "Olen romani", "gender": "nainen"}
    assert warnings({"self_stated": stated}, "fi") == []
    assert [one.kind for one in warnings({"summary": stated["ethnicity"]}, "fi")] == ["ethnic_origin"]
    (found,) = warnings({"self_stated": {"ethnicity": "romani 131052-308T"}}, "fi")
    assert (found.field, found.kind, found.found) == ("self_stated.ethnicity", "identity_number", "•" * 11)


def test_a_name_is_no_statement_but_may_hold_an_identity_number() -> None:
    cv: dict[str, Any] = {
        "experience": [{"employer": "Jag är kristen ry"}, {"employer": "Firma 880320-0016"}],
        "education": [{"school": "Uskonto: ortodoksi"}],
        "contact": {"name": "Olen Romani", "phone": "0401234567"},
    }
    assert [(one.field, one.kind) for one in warnings(cv, "en")] == [("experience[1].employer", "identity_number")]


def test_a_mobile_number_is_not_taken_for_an_identity_number() -> None:
    numbers = [f"040{last:07d}" for last in range(1_010_000, 1_010_400)]
    assert warnings({"contact": {"phone": " ".join(numbers)}, "summary": ", ".join(numbers)}, "fi") == []


@pytest.mark.parametrize(
    "text", ["I  have\u00a0diabetes", "I have\ndiabetes", "I HAVE DIABETES", "İ. I have diabetes", "(I’ve diabetes)"]
)
def test_blanks_capitals_and_apostrophes_do_not_hide_it(text: str) -> None:
    (found,) = warnings({"headline": text}, "en")
    assert text[found.start : found.end] == found.found
    assert found.found.lower().endswith("diabetes")


@given(st.lists(st.sampled_from([*(sentence for _, sentence in TOLD), *WORK, "131052-308T", "İ", "\n"]), max_size=12))
def test_findings_lie_in_the_text_in_order_and_those_of_a_kind_apart(sentences: list[str]) -> None:
    text = " ".join(sentences)
    found = warnings({"summary": text}, "en")
    assert found == sorted(found, key=lambda one: (one.start, one.end))
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        if one.kind != "identity_number":
            assert one.found == text[one.start : one.end]
    for kind in MESSAGES:
        for one, other in pairwise(each for each in found if each.kind == kind):
            assert one.end <= other.start


@pytest.mark.parametrize("text", [" ".join(WORK), "I have a " * 9, "minulla on ", "olen on on on ", "jag är en ett "])
def test_a_long_cv_is_read_at_once(text: str) -> None:
    long = (text * (100_000 // len(text) + 1))[:100_000]
    warnings({"summary": "warm"}, "en")
    started = time.process_time()
    warnings({"summary": long}, "en")
    assert time.process_time() - started < 10, (
        "0.1 s on a quiet machine; minutes where the time grows with the square of the length"
    )
