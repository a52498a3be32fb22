import type { Pack } from '../pack.ts'

export const de: Pack = {
  strong: {
    EMAIL: 'e mail adresse, email adresse, mailadresse, e mail anschrift, emailadr',
    PHONE: `
      telefon, telefonnummer, telefonnr, handy, handynummer, mobilnummer, rufnummer, festnetz,
      mobiltelefon, fernsprecher, telefax, faxnummer, handynr, mobilfunk, telefon privat
    `,
    FIRST_NAME: 'vorname, vornamen, rufname, zweiter vorname',
    LAST_NAME: 'nachname, nachnamen, familienname, zuname, geburtsname, maedchenname',
    PERSON_NAME: `
      ansprechpartner, ansprechperson, kontoinhaber, kundenname, vollstaendiger name, mitarbeitername,
      patientenname, inhaber, ehepartner, karteninhaber, notfallkontakt
    `,
    STREET: 'strasse, strassenname, hausnummer, hausnr, str, strasse nr, strassehausnummer',
    ADDRESS: `
      anschrift, adresse, wohnadresse, postanschrift, lieferadresse, rechnungsadresse, lieferanschrift,
      rechnungsanschrift, wohnsitz, heimatadresse, kontaktdaten
    `,
    POSTCODE: 'plz, postleitzahl',
    CITY: 'wohnort, stadt, ortschaft, gemeinde, ortsname',
    PLACE_OF_BIRTH: 'geburtsort, geburtsland',
    DATE_OF_BIRTH: `
      geburtsdatum, geburtstag, geburtsjahr, geb datum, gebdatum, geboren, geboren am, geb, gebdat
    `,
    AGE: 'lebensalter, altersgruppe',
    GENDER: 'geschlecht, geschl',
    MARITAL_STATUS: 'familienstand, personenstand, zivilstand',
    NATIONALITY: `
      nationalitaet, nationalitat, staatsangehorigkeit, staatsangehoerigkeit, staatsburgerschaft
    `,
    LANGUAGE: 'muttersprache',
    OCCUPATION: 'beruf, berufsbezeichnung, taetigkeit, tatigkeit',
    NATIONAL_ID: `
      sozialversicherungsnummer, svnr, sv nummer, rentenversicherungsnummer, personalausweis,
      personalausweisnummer, ausweisnummer, ahv nummer, ahvnr, ahv
    `,
    TAX_ID: `
      steuernummer, steuerid, steuer id, steueridentifikationsnummer, steuer identifikationsnummer,
      steuernr, idnr
    `,
    PASSPORT: 'reisepass, reisepassnummer, passnummer, reisepassnr',
    DRIVER_LICENCE: 'fuhrerschein, fuehrerschein, fuhrerscheinnummer, fuehrerscheinnummer',
    LICENCE_PLATE: 'kennzeichen, kfz kennzeichen',
    CREDIT_CARD: 'kreditkarte, kreditkartennummer, kartennummer',
    CVV: 'prufziffer karte, kartenprufnummer, kartenpruefnummer',
    BANK_ACCOUNT: 'kontonummer, bankverbindung, kontonr, bankkonto, bankleitzahl, blz',
    SALARY: `
      gehalt, lohn, einkommen, jahresgehalt, bruttogehalt, nettogehalt, monatsgehalt, bruttolohn,
      jahreseinkommen
    `,
    DIAGNOSIS: `
      diagnose, diagnosen, krankheit, befund, medikamente, erkrankung, anamnese, schwanger, schwangerschaft,
      krankschreibung, krankmeldung, arbeitsunfaehigkeit, arbeitsunfahigkeit, krank
    `,
    BLOOD_TYPE: 'blutgruppe',
    HEALTH_ID: `
      krankenversicherungsnummer, versichertennummer, kvnr, krankenkassennummer, versichertennr,
      versicherungsnummer, versicherungsnr
    `,
    DISABILITY: 'behinderung, schwerbehinderung, behinderungsgrad',
    RELIGION: `
      konfession, religionszugehorigkeit, religionszugehoerigkeit, kirchenzugehorigkeit, glaube
    `,
    ETHNICITY: 'ethnie, herkunft, abstammung',
    SEXUAL_ORIENTATION: 'sexuelle orientierung',
    POLITICAL_OPINION: 'parteizugehorigkeit, parteizugehoerigkeit, politische meinung',
    TRADE_UNION: 'gewerkschaft, gewerkschaftszugehorigkeit, gewerkschaftsmitglied',
    CRIMINAL_RECORD: `
      vorstrafen, vorstrafe, fuhrungszeugnis, abmahnung, abmahnungen, disziplinarverfahren
    `,
    BIOMETRIC: 'fingerabdruck, gesichtserkennung',
    PHOTO: 'lichtbild, passbild, passfoto, profilbild',
    PASSWORD: 'passwort, kennwort, passwort hash',
    SECRET: 'sicherheitsfrage, zugangsschlussel, geheimnis',
    USERNAME: 'benutzername, nutzername, anmeldename, benutzerkennung',
    VIN: 'fahrgestellnummer, fahrzeugidentifikationsnummer, fin',
    DATE_OF_DEATH: 'sterbedatum, todesdatum, verstorben am, gestorben am, todestag, sterbetag',
  },
  weak: {
    PERSON_NAME: `
      fahrer, kunde, mitarbeiter, empfanger, absender, bearbeiter, sachbearbeiter, ehegatte
    `,
    PHONE: 'mobil, fon, rufnr, tel privat',
    CITY: 'ort, landkreis',
    STREET: 'hausnr zusatz',
    COUNTRY: 'land',
    AGE: 'alter',
    GENDER: 'anrede, titel',
    FREE_TEXT: `
      bemerkung, bemerkungen, notiz, notizen, kommentar, beschreibung, anmerkung, anmerkungen, freitext
    `,
    OCCUPATION: 'stelle, funktion',
    BANK_ACCOUNT: 'konto',
    SIGNATURE: 'unterschrift',
    LANGUAGE: 'sprache',
    CREDIT_CARD: 'karte',
  },
  people: `
    kunde, kunden, mitarbeiter, benutzer, nutzer, patient, patienten, person, personen, mitglied,
    mitglieder, schuler, schueler, lehrer, arzt, ansprechpartner, inhaber, bewerber, fahrer, mieter,
    versicherte, teilnehmer, angestellte, empfanger, absender
  `,
  things: `
    produkt, produkte, artikel, firma, firmen, unternehmen, datei, gruppe, stadt, land, lander,
    abteilung, verein, schule, projekt, standort, standorte, filiale, lieferant, lieferanten
  `,
  about:
    'bestatigt, bestaetigt, geprueft, gepruft, gultig, gueltig, anzahl, ist, hat, art, typ, datum, geandert, geaendert, erstellt, gesendet, aktiv',
  quantities: 'nr, nummer, zahl',
  nameless: 'nr, nummer, kennung, kuerzel, kurzel, daten',
}
