import type { Pack } from '../pack.ts'

export const pl: Pack = {
  strong: {
    EMAIL: 'adres email, adres e mail, poczta elektroniczna',
    PHONE: `
      telefon, numer telefonu, komorka, nr telefonu, telefon komorkowy, nr tel, tel kom,
      telefon kontaktowy
    `,
    FIRST_NAME: 'imie, drugie imie, imiona, pierwsze imie',
    LAST_NAME: 'nazwisko, nazwisko rodowe, nazwisko panienskie',
    PERSON_NAME: `
      imie nazwisko, imie i nazwisko, nazwisko imie, osoba kontaktowa, wlasciciel, wspolmalzonek
    `,
    STREET: 'ulica, nr domu, numer domu, nr mieszkania, numer mieszkania, ul, nr lokalu',
    ADDRESS: 'adres, adres zamieszkania, adres zameldowania, adres dostawy, adres korespondencyjny',
    POSTCODE: 'kod pocztowy',
    CITY: 'miasto, miejscowosc, gmina',
    PLACE_OF_BIRTH: 'miejsce urodzenia',
    DATE_OF_BIRTH: 'data urodzenia, rok urodzenia, data ur, urodziny',
    AGE: 'wiek',
    GENDER: 'plec',
    MARITAL_STATUS: 'stan cywilny',
    NATIONALITY: 'narodowosc, obywatelstwo',
    OCCUPATION: 'zawod',
    NATIONAL_ID: 'pesel, numer pesel, dowod osobisty, nr dowodu, numer dowodu, seria dowodu',
    TAX_ID: 'nip, numer nip',
    PASSPORT: 'paszport, numer paszportu, nr paszportu',
    DRIVER_LICENCE: 'prawo jazdy',
    LICENCE_PLATE: 'numer rejestracyjny, nr rejestracyjny, tablica rejestracyjna',
    CREDIT_CARD: 'karta kredytowa, numer karty, nr karty',
    BANK_ACCOUNT: 'numer konta, konto bankowe, rachunek bankowy, nr konta, numer rachunku, nr rachunku',
    SALARY: 'wynagrodzenie, pensja, zarobki, dochod, placa',
    DIAGNOSIS: 'diagnoza, rozpoznanie, choroba, leki, alergie, ciaza, zwolnienie lekarskie',
    BLOOD_TYPE: 'grupa krwi',
    DISABILITY: 'niepelnosprawnosc',
    RELIGION: 'wyznanie, religia',
    ETHNICITY: 'pochodzenie etniczne',
    SEXUAL_ORIENTATION: 'orientacja seksualna',
    TRADE_UNION: 'zwiazek zawodowy',
    CRIMINAL_RECORD: 'karalnosc',
    BIOMETRIC: 'odcisk palca',
    PHOTO: 'zdjecie',
    SIGNATURE: 'podpis',
    PASSWORD: 'haslo',
    USERNAME: 'nazwa uzytkownika, uzytkownik',
    DATE_OF_DEATH: 'data zgonu, data smierci',
  },
  weak: {
    COUNTRY: 'kraj',
    PERSON_NAME: 'klient, pracownik',
    CITY: 'wojewodztwo, powiat',
    FREE_TEXT: 'uwagi, komentarz, opis, notatki',
    OCCUPATION: 'stanowisko',
  },
  people: `
    uzytkownicy, uzytkownik, klient, klienci, pracownik, pracownicy, pacjent, pacjenci, osoba, osoby,
    czlonek, uczen, uczniowie, nauczyciel, kontakt, kontakty, lekarz, najemca
  `,
  things: `
    produkt, produkty, firma, firmy, plik, grupa, sklep, projekt, dostawca, szkola, nazwa
  `,
  about: 'zweryfikowany, potwierdzony, liczba, ilosc, czy, typ, utworzono, zmieniono, aktywny',
  nameless: 'numer, nr, kod',
}
