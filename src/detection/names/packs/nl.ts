import type { Pack } from '../pack.ts'

export const nl: Pack = {
  strong: {
    EMAIL: 'e mailadres, emailadres, mailadres',
    PHONE: `
      telefoon, telefoonnummer, mobiel, mobiele nummer, gsm, mobielnummer, gsm nummer, telefoonnr,
      mobiel nummer
    `,
    FIRST_NAME: 'voornaam, voornamen, roepnaam, voorletters',
    LAST_NAME: 'achternaam, familienaam, geboortenaam, meisjesnaam, tussenvoegsel',
    PERSON_NAME: `
      volledige naam, contactpersoon, naam klant, klantnaam, rekeninghouder, naam medewerker, echtgenoot
    `,
    STREET: 'straat, straatnaam, huisnummer, huisnr, huisnummer toevoeging',
    ADDRESS: `
      adres, woonadres, postadres, factuuradres, afleveradres, bezoekadres, contactgegevens
    `,
    POSTCODE: 'postcode',
    CITY: 'woonplaats, plaats, gemeente, plaatsnaam',
    PLACE_OF_BIRTH: 'geboorteplaats, geboorteland',
    DATE_OF_BIRTH: 'geboortedatum, geboortejaar, geboren op, gebdatum, geboortedag',
    AGE: 'leeftijd',
    GENDER: 'geslacht',
    MARITAL_STATUS: 'burgerlijke staat',
    NATIONALITY: 'nationaliteit',
    OCCUPATION: 'beroep',
    NATIONAL_ID: 'bsn, burgerservicenummer, sofinummer, rijksregisternummer, identiteitskaart',
    TAX_ID: 'btw nummer, fiscaal nummer',
    PASSPORT: 'paspoort, paspoortnummer',
    DRIVER_LICENCE: 'rijbewijs, rijbewijsnummer',
    LICENCE_PLATE: 'kenteken, nummerplaat',
    CREDIT_CARD: 'kredietkaart, kaartnummer',
    BANK_ACCOUNT: 'rekeningnummer, bankrekening, bankrekeningnummer',
    SALARY: 'salaris, loon, inkomen, brutoloon',
    DIAGNOSIS: 'diagnose, ziekte, medicatie, aandoening, zwanger, zwangerschap, ziekmelding',
    BLOOD_TYPE: 'bloedgroep',
    HEALTH_ID: 'patientnummer, polisnummer zorg',
    RELIGION: 'geloof, godsdienst',
    ETHNICITY: 'etniciteit, afkomst, etnische afkomst',
    SEXUAL_ORIENTATION: 'seksuele geaardheid',
    TRADE_UNION: 'vakbond',
    BIOMETRIC: 'vingerafdruk',
    PHOTO: 'pasfoto',
    SIGNATURE: 'handtekening',
    PASSWORD: 'wachtwoord',
    USERNAME: 'gebruikersnaam',
    DATE_OF_DEATH: 'overlijdensdatum, datum overlijden',
  },
  weak: {
    PERSON_NAME: 'naam',
    COUNTRY: 'land',
    CITY: 'provincie',
    GENDER: 'aanhef',
    FREE_TEXT: 'opmerking, opmerkingen, notities, omschrijving',
    OCCUPATION: 'functie',
  },
  people: `
    gebruiker, gebruikers, klant, klanten, medewerker, medewerkers, patient, personen, persoon, lid,
    leden, leerling, leerlingen, werknemer, werknemers, huurder, deelnemer
  `,
  things: `
    producten, bedrijf, bedrijven, bestand, groep, artikel, winkel, afdeling, leverancier, school
  `,
  about: `
    geverifieerd, bevestigd, geldig, aantal, soort, gewijzigd, aangemaakt, verzonden, actief
  `,
  nameless: 'nummer, nr, code, gegevens',
}
