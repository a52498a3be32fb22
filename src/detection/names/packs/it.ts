import type { Pack } from '../pack.ts'

export const it: Pack = {
  strong: {
    EMAIL: 'posta elettronica, indirizzo email, indirizzo posta, pec',
    PHONE: `
      telefono, cellulare, numero telefono, numero di telefono, numero cellulare, recapito telefonico,
      telefono fisso
    `,
    LAST_NAME: 'cognome, cognomi',
    PERSON_NAME: `
      nome cognome, cognome nome, nome e cognome, nominativo, intestatario, nome completo, coniuge
    `,
    STREET: 'indirizzo via, via, numero civico, civico, nome via',
    ADDRESS: `
      indirizzo, residenza, domicilio, indirizzo residenza, indirizzo spedizione, indirizzo fatturazione
    `,
    POSTCODE: 'cap, codice avviamento postale, codice postale',
    CITY: 'citta, comune, localita, comune residenza, citta residenza',
    PLACE_OF_BIRTH: 'luogo di nascita, luogo nascita, comune nascita, comune di nascita, paese nascita',
    DATE_OF_BIRTH: `
      data di nascita, data nascita, nascita, anno nascita, anno di nascita, datanascita, nato il,
      data nasc
    `,
    AGE: 'eta',
    GENDER: 'sesso, genere',
    MARITAL_STATUS: 'stato civile',
    NATIONALITY: 'nazionalita, cittadinanza',
    OCCUPATION: 'professione, mestiere',
    NATIONAL_ID: `
      codice fiscale, codfiscale, cod fiscale, cf, codicefiscale, carta identita, numero carta identita
    `,
    TAX_ID: 'partita iva, piva',
    PASSPORT: 'passaporto, numero passaporto',
    DRIVER_LICENCE: 'patente, patente guida, numero patente',
    LICENCE_PLATE: 'targa',
    CREDIT_CARD: 'carta di credito, carta credito, numero carta',
    BANK_ACCOUNT: 'conto corrente, numero conto, conto bancario',
    SALARY: 'stipendio, reddito, retribuzione',
    DIAGNOSIS: `
      diagnosi, malattia, patologia, farmaci, allergie, incinta, gravidanza, congedo malattia, malattie
    `,
    BLOOD_TYPE: 'gruppo sanguigno',
    HEALTH_ID: 'tessera sanitaria',
    DISABILITY: 'disabilita, invalidita',
    RELIGION: 'religione',
    ETHNICITY: 'etnia, razza',
    SEXUAL_ORIENTATION: 'orientamento sessuale',
    POLITICAL_OPINION: 'partito politico',
    TRADE_UNION: 'sindacato',
    CRIMINAL_RECORD: 'casellario giudiziale, precedenti penali',
    BIOMETRIC: 'impronta digitale, impronte digitali',
    PHOTO: 'fotografia',
    SIGNATURE: 'firma',
    PASSWORD: 'parola chiave, parola accesso',
    USERNAME: 'nome utente, utente',
    DATE_OF_DEATH: 'data di morte, data morte, data decesso, data di decesso',
  },
  weak: {
    PERSON_NAME: 'nome, cliente, dipendente',
    FIRST_NAME: 'nome',
    COUNTRY: 'paese, nazione',
    CITY: 'provincia',
    FREE_TEXT: 'commento, commenti, osservazioni, descrizione, messaggio',
    PHONE: 'recapito',
    OCCUPATION: 'mansione',
  },
  people: `
    utente, utenti, cliente, clienti, dipendente, dipendenti, paziente, pazienti, persona, persone,
    socio, soci, studente, studenti, alunno, medico, contatto, contatti, anagrafica, lavoratore
  `,
  things: `
    prodotto, prodotti, azienda, aziende, societa, gruppo, articolo, articoli, negozio, progetto,
    fornitore, fornitori, reparto, scuola
  `,
  about: 'verificato, confermato, valido, stato, tipo, creato, modificato, inviato, attivo',
  quantities: 'numero',
  nameless: 'numero, codice, matricola',
}
