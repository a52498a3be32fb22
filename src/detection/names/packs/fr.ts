import type { Pack } from '../pack.ts'

export const fr: Pack = {
  strong: {
    EMAIL: `
      courriel, adresse email, adresse e mail, adresse mail, adresse electronique, adresse courriel, adel
    `,
    PHONE: `
      numero de telephone, telephone portable, numero telephone, num tel, portable, tel portable, tel fixe,
      telephone fixe, telephone mobile, tel mobile, no telephone, telecopie
    `,
    FIRST_NAME: 'prenom, prenoms, deuxieme prenom',
    LAST_NAME: `
      nom de famille, nom famille, nom de naissance, nom naissance, nom usage, nom patronymique, patronyme,
      nom jeune fille
    `,
    PERSON_NAME: `
      nom complet, nom prenom, nom et prenom, prenom nom, nom client, titulaire, nom du client,
      nom contact, conjoint, nom patient, nom salarie
    `,
    STREET: 'rue, voie, nom voie, numero voie, nom de la rue, num rue, libelle voie, numero rue',
    ADDRESS: `
      adresse postale, adresse, adresse domicile, domicile, adresse livraison, adresse facturation,
      adresse complete, lieu residence
    `,
    POSTCODE: 'code postal, cp, codepostal',
    CITY: 'ville, commune, localite',
    PLACE_OF_BIRTH: `
      lieu de naissance, lieu naissance, ville naissance, pays naissance, pays de naissance
    `,
    DATE_OF_BIRTH: `
      date de naissance, date naissance, naissance, ddn, jour naissance, annee naissance,
      annee de naissance, ne le, datenaiss, date naiss, mois naissance
    `,
    GENDER: 'sexe, genre, civilite',
    MARITAL_STATUS: 'situation familiale, etat civil, situation matrimoniale',
    NATIONALITY: 'nationalite',
    LANGUAGE: 'langue maternelle',
    OCCUPATION: 'metier',
    NATIONAL_ID: `
      numero de securite sociale, securite sociale, numero securite sociale, nir, num secu, no secu,
      carte identite, numero carte identite, cni, insee, numero insee, niss, registre national
    `,
    TAX_ID: 'numero fiscal, identifiant fiscal, num fiscal, spi',
    PASSPORT: 'passeport, numero passeport, numero de passeport',
    DRIVER_LICENCE: 'permis de conduire, permis conduire, numero permis',
    LICENCE_PLATE: 'immatriculation, plaque immatriculation',
    CREDIT_CARD: 'carte bancaire, carte de credit, numero carte, numero de carte, carte bleue',
    CVV: 'cryptogramme, code cvv',
    BANK_ACCOUNT: 'compte bancaire, numero de compte, numero compte, rib, releve identite bancaire',
    SALARY: `
      salaire, remuneration, revenu, revenus, traitement mensuel, salaire brut, salaire net
    `,
    DIAGNOSIS: `
      diagnostic, maladie, pathologie, traitement medical, medicaments, antecedents, enceinte, grossesse,
      arret maladie, arret de travail
    `,
    BLOOD_TYPE: 'groupe sanguin',
    HEALTH_ID: 'numero assure, carte vitale, numero mutuelle',
    DISABILITY: 'handicap',
    RELIGION: 'confession, culte',
    ETHNICITY: 'origine ethnique, ethnie',
    SEXUAL_ORIENTATION: 'orientation sexuelle',
    POLITICAL_OPINION: 'opinion politique, parti politique',
    TRADE_UNION: 'syndicat, appartenance syndicale',
    CRIMINAL_RECORD: 'casier judiciaire, sanction disciplinaire',
    BIOMETRIC: 'empreinte digitale, empreintes',
    PHOTO: 'photo identite',
    PASSWORD: 'mot de passe, mdp, motdepasse',
    SECRET: 'cle api, question secrete',
    USERNAME: 'identifiant, nom utilisateur, pseudo, pseudonyme, nom d utilisateur',
    DATE_OF_DEATH: 'date de deces, date deces, decede le',
  },
  weak: {
    PERSON_NAME: 'nom',
    LAST_NAME: 'nom',
    STREET: 'bis, complement adresse',
    COUNTRY: 'pays',
    FREE_TEXT: 'commentaire, commentaires, remarque, remarques, observations',
    OCCUPATION: 'poste, fonction',
    CITY: 'bureau distributeur',
  },
  people: `
    utilisateur, utilisateurs, salarie, salaries, employe, employes, personne, personnes, membre,
    membres, eleve, eleves, etudiant, etudiants, adherent, adherents, assure, medecin, locataire,
    contact, usager, beneficiaire
  `,
  things: `
    produit, produits, entreprise, societe, fichier, groupe, ville, pays, article, articles, magasin,
    projet, service, etablissement, ecole, fournisseur
  `,
  about: 'verifie, valide, confirme, est, statut, actif, envoye, cree, modifie',
  quantities: 'nombre, nb, numero',
  nameless: 'numero, no, num, code, matricule',
}
