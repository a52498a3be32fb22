import type { Pack } from '../pack.ts'

export const en: Pack = {
  strong: {
    EMAIL: 'email, e mail, email address, mail address, email addr, emailid',
    PHONE: `
      mobile, phone, telephone, phone number, phone no, mobile number, mobile phone, cell phone, tel, cellphone,
      msisdn, fax, fax number, whatsapp, landline, phones, contact number, mobile no, telephone number,
      home phone, work phone, cell number, callerid, tel no
    `,
    FIRST_NAME: `
      first name, fname, given name, given names, forename, forenames, middle name, middle names,
      name first, name given, name middle, mname, preferred name, christian name, middle initial,
      nick name, first names, firstnm, middle
    `,
    LAST_NAME: `
      last name, lname, surname, family name, maiden name, name last, name family, second name,
      mothers maiden name, mother maiden name, surnames, lastnm, last names
    `,
    PERSON_NAME: `
      full name, person name, contact person, contact name, legal name, cardholder, card holder,
      next of kin, emergency contact, beneficiary, account holder, name on card, fullname, real name,
      holder name, guardian, spouse, birth name, father, mother, kin name
    `,
    STREET: `
      street, street address, street name, street number, street no, house number, house no, address line,
      addr line, street line, apartment number, addr street, house num
    `,
    ADDRESS: `
      home address, postal address, mailing address, billing address, shipping address, delivery address,
      residence, residential address, full address, permanent address, place of residence, home addr,
      work address, current address, mail addr, contact details, contact info, contact information,
      contact data
    `,
    POSTCODE: `
      postcode, post code, postal code, zip, zip code, zipcode, zip postal code, postal, zip plus,
      pin code, postalcode
    `,
    CITY: 'city, town, municipality, city name, town name, suburb, locality',
    PLACE_OF_BIRTH: `
      birth place, place of birth, birth city, birth country, country of birth, birth state, city of birth
    `,
    GEO_COORDINATES: `
      latitude, longitude, lattitude, geolocation, gps, gps coordinates, lat long, lat lng, geo location,
      lat lon
    `,
    DATE_OF_BIRTH: `
      date of birth, dob, birth date, birthday, birth day, birth year, birth month, year of birth,
      month of birth, day of birth, birth dt, born on, born, yob, date birth, birth date time, bdate, bday
    `,
    AGE: 'age, age group, age range, age years, age in years, age at',
    GENDER: 'gender, sex, gender code, gender identity, sex code, pronouns',
    MARITAL_STATUS: 'marital status, marital, civil status, marital state, married, relationship status',
    NATIONALITY: 'nationality, citizenship, nationalities',
    LANGUAGE: `
      mother tongue, native language, spoken language, preferred language, home language, primary language
    `,
    OCCUPATION: 'occupation, job title, profession, employment, employment status, jobtitle',
    NATIONAL_ID: `
      ssn, social security number, social security, social security no, national id, national identity,
      nin, nino, national insurance number, ni number, identity number, id card, id card number, aadhaar,
      aadhar, personal id number, social insurance number, nric, national identification number,
      identity card, aadhaar number, ssn last, personal number, citizen id, id number, hkid, nationalid,
      mynumber, my number
    `,
    TAX_ID: `
      tax id, tin, itin, tax number, taxpayer id, tax identification number, tfn, pan number,
      taxpayer number, tax no
    `,
    PASSPORT: 'passport, passport number, passport no, passport num, passport id',
    DRIVER_LICENCE: `
      driver license, drivers license, driver licence, driving licence, driving license, drivers licence,
      license number, licence number, dl number, driver license number, driving license number,
      drivers license number
    `,
    LICENCE_PLATE: `
      license plate, licence plate, plate number, number plate, vehicle registration, plate no,
      registration plate
    `,
    CREDIT_CARD: `
      credit card, card number, cc number, cc num, ccnum, credit card number, card no, debit card,
      payment card, card num, primary account number, creditcard
    `,
    CVV: 'cvv, cvc, cvv2, cvv code, card security code, cvc code, card verification',
    IBAN: 'iban, iban number, iban code',
    BANK_ACCOUNT: `
      bank account, bank account number, account number, acct number, acct no, account no, routing number,
      sort code, aba number, bankaccount, accountnumber
    `,
    CRYPTO_WALLET: `
      bitcoin address, wallet address, btc address, eth address, crypto address, crypto wallet
    `,
    SALARY: `
      salary, wage, wages, income, annual income, net worth, payroll, base pay, gross pay, net pay,
      hourly rate, compensation, annual salary, household income
    `,
    DIAGNOSIS: `
      diagnosis, diagnoses, icd, icd code, medical condition, disease, illness, symptoms, medication,
      medications, allergies, allergy, prescription, medical history, hiv status, diagnosis code, pregnant,
      pregnancy, sick leave, sick note, sickness absence, hiv, hiv positive, smoker, chronic illness,
      comorbidities
    `,
    BLOOD_TYPE: 'blood type, blood group, bloodtype',
    HEALTH_ID: `
      medical record number, mrn, health insurance number, nhs number, medicare number, health card,
      patient number, insurance policy number, medicare id, npi, nhs no, nhs id, nhs
    `,
    DISABILITY: 'disability, disabilities, handicap, impairment, special needs',
    RELIGION: 'religion, religious affiliation, faith, denomination, religious belief',
    ETHNICITY: `
      ethnicity, race, ethnic group, ethnic origin, race ethnicity, racial origin, ethnic, races
    `,
    SEXUAL_ORIENTATION: 'sexual orientation, sexual preference, sexuality',
    POLITICAL_OPINION: `
      political opinion, political party, political affiliation, party affiliation, political view
    `,
    TRADE_UNION: 'trade union, union membership, labor union, labour union, union member',
    CRIMINAL_RECORD: `
      criminal record, conviction, convictions, criminal history, felony, offence, offense, arrest record,
      criminal check, criminal background, background check, dbs check, disciplinary, disciplinary action,
      disciplinary record, convicted
    `,
    BIOMETRIC: `
      fingerprint, fingerprints, face id, face encoding, iris scan, biometric, biometrics, voiceprint,
      face template, retina, dna, genome, face embedding
    `,
    PHOTO: `
      photo, photograph, avatar, profile picture, profile image, profile photo, selfie, headshot, portrait,
      mugshot, profile pic, id scan
    `,
    SIGNATURE: 'signature image, signature scan, handwritten signature',
    PASSWORD: `
      password, passwd, pwd, password hash, passphrase, pass word, password digest, hashed password,
      encrypted password, passcode, pin hash, password salt
    `,
    SECRET: `
      secret, api key, access token, refresh token, auth token, private key, secret key, api token,
      bearer token, client secret, session token, otp secret, totp secret, security answer,
      security question, reset token, recovery code, oauth token, apikey, remember token,
      password reset token, session key, mfa secret, backup codes
    `,
    USERNAME: `
      username, user name, login, login name, nickname, screen name, twitter handle, skype, skype id,
      telegram, twitter, facebook, instagram, linkedin, user handle, userid name, account name
    `,
    IP_ADDRESS: `
      ip, ip address, ip addr, ipaddr, remote addr, client ip, remote ip, last login ip, ipv, user ip,
      remote address
    `,
    PROFILE_URL: `
      facebook url, linkedin url, twitter url, profile url, personal website, profile link, instagram url
    `,
    MAC_ADDRESS: 'mac address, mac addr, macaddr, bssid',
    IMEI: 'imei, imei number, imsi, device imei, device serial',
    VIN: 'vin, vehicle identification number, chassis number, vin number',
    DATE_OF_DEATH: `
      date of death, death date, deceased on, died on, deceased date, year of death, deathdate
    `,
  },
  weak: {
    PERSON_NAME: `
      name, names, nm, signed by, author, display name, owner, contact, recipient, sender, staff, player,
      payee, payer, lender, borrower, teacher, doctor, physician, attn, attention, driver, nurse, manager,
      supervisor, employee, customer, patient, student, person, cc name, who
    `,
    FIRST_NAME: 'first, given, initials, fn, gname',
    LAST_NAME: 'last, family, ln, sname',
    PHONE: 'cell, home, work, pager, number, contact no, contact, ph',
    EMAIL: 'mail, contact, recipient, sender, login, cc, bcc, mails',
    ADDRESS: 'address, addr, location, adr, addresses, destination, geocoded address',
    STREET: 'st, road, avenue, unit, apartment, apt, suite, house, building',
    POSTCODE: 'pin, post, zip4, pcode',
    CITY: 'location, region, district, village, hometown',
    COUNTRY: 'country, country code, country name',
    GEO_COORDINATES: 'lat, lng, lon, long, coordinates, geo, location, coords',
    DATE_OF_BIRTH: 'birth, bd',
    GENDER: 'title, salutation, honorific',
    LANGUAGE: 'language, languages, lang',
    OCCUPATION: 'title, job, position, role, designation, employer, work title',
    NATIONAL_ID: 'sin, id, pin, identification, document number, document, social, pan',
    TAX_ID: 'vat, vat number, tax, pan, vat id, ein',
    DRIVER_LICENCE: 'license, licence, dl',
    LICENCE_PLATE: 'plate, registration number',
    CREDIT_CARD: 'card, cc, pan, number',
    CVV: 'security code, csc, cid',
    BANK_ACCOUNT: 'account, acct, bank, bic, swift, routing, aba',
    CRYPTO_WALLET: 'wallet, address',
    SALARY: 'pay, earnings, bonus, remuneration, rate',
    DIAGNOSIS: 'condition, treatment, procedure, symptom, dx, drug',
    HEALTH_ID: `
      insurance number, policy number, member id, health id, insurance id, insurance no, insurance nr,
      insurance num, insured no, insured number
    `,
    PHOTO: 'picture, image, face',
    SIGNATURE: 'signature',
    PASSWORD: 'pass, pw, hash, salt, pin',
    SECRET: 'token, session, credentials, credential',
    USERNAME: 'user, handle, account, created by, updated by, modified by, alias, uid, screenname',
    PROFILE_URL: 'url, website, homepage, link, profile, web',
    IP_ADDRESS: 'host, address, addr, remote',
    MAC_ADDRESS: 'mac',
    IMEI: 'device id, serial, device',
    VIN: 'chassis',
    FREE_TEXT: `
      notes, note, comment, comments, description, message, body, remarks, text, bio, biography, content,
      memo, feedback, payload, data, details
    `,
    DISABILITY: 'disabled',
  },
  people: `
    user, users, customer, customers, client, clients, employee, employees, patient, patients, person,
    persons, people, member, members, contact, contacts, student, students, player, players, author,
    authors, owner, owners, staff, teacher, teachers, doctor, doctors, nurse, subscriber, subscribers,
    guest, guests, applicant, applicants, candidate, candidates, driver, drivers, recipient, sender,
    tenant, tenants, citizen, voter, voters, resident, passenger, passengers, participant, participants,
    attendee, attendees, worker, workers, manager, agent, agents, individual, individuals, parent, child,
    children, spouse, father, mother, guardian, kin, buyer, seller, payer, payee, borrower, lender,
    holder, beneficiary, donor, donors, lead, leads, prospect, prospects, actor, artist, speaker,
    reviewer, physician, provider, victim, suspect, offender, inmate, household, personnel, requester,
    account, accounts, profile, profiles, signer, insured, claimant, debtor, caller, visitor, visitors,
    alumni, faculty, admin, supervisor, instructor, coach, winner, buyers, sellers, reporter, assignee,
    emergency, billing, shipping, surety, partner
  `,
  things: `
    product, products, item, items, file, files, company, companies, organization, organisation, org,
    organizations, event, events, table, column, field, group, groups, category, categories, city,
    cities, country, countries, state, states, region, host, server, domain, class, course, courses,
    school, schools, college, university, hospital, hospitals, bank, banks, brand, brands, model,
    project, projects, station, stations, store, stores, shop, shops, team, teams, club, department,
    dept, branch, role, roles, permission, permissions, setting, settings, type, types, status, plan,
    package, service, services, device, devices, machine, job, jobs, task, tasks, queue, index, schema,
    database, module, page, pages, tag, tags, menu, template, templates, theme, currency, business,
    vendor, vendors, supplier, suppliers, manufacturer, location, locations, venue, building, room,
    street, office, program, process, script, report, document, image, book, books, song, movie, film,
    game, games, species, drug, test, tests, method, function, parameter, variable, attribute, property,
    system, app, application, label, layer, node, cluster, instance, version, release, resource, agency,
    institution, firm, employer, party, stop, route, airport, hotel, restaurant, facility, county,
    district, sector, unit, source, asset, metric, sensor, medication, disease, display, provider
  `,
  about: `
    verified, verify, confirmed, confirm, confirmation, valid, validated, invalid, is, has, was, were,
    can, should, count, cnt, total, sum, avg, min, max, limit, percent, percentage, pct, ratio, score,
    rank, rate, attempts, status, type, types, kind, format, template, method, mode, sent, enabled,
    disabled, opt, optin, optout, flag, allowed, allow, required, visible, active, hide, hidden, show,
    need, needs, accept, accepted, consent, exists, length, len, size, width, height, weight, color,
    colour, quality, accuracy, precision, unit, units, at, since, updated, created, changed, modified,
    deleted, expires, expired, expiry, exp, time, timestamp, date, datetime, year, month, day, failed,
    bounce, bounced, subscribed, unsubscribed, notification, notifications, notify, preference,
    preferences, policy, label, sort, position, index, idx, version, complete, completed, provided,
    subject, campaign, provider, domain, id, ids, uid, uuid, guid, fk, key, ref, not, reason, category, level, field, column, error, errors, requested, option, options,
    setting, settings, success, matched, match, same, change, changes, instructions, prefix, suffix, extension, ext, tax, fee, price, cost, browser, cert,
    certificate, ssh, tls, ssl
  `,
  quantities: 'number, num, no, nr, nb, n, many',
  nameless: 'no, nr, number, num, id, code, codes, details, info, data',
}
