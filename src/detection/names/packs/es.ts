import type { Pack } from '../pack.ts'

export const es: Pack = {
  strong: {
    EMAIL: `
      correo, correo electronico, email contacto, direccion correo, correos, direccion email,
      direccion de correo
    `,
    PHONE: `
      telefono, numero de telefono, celular, movil, numero celular, telefono movil, numero telefono,
      telefonos, telefono fijo, num telefono, tel celular, nro telefono, numero movil
    `,
    FIRST_NAME: 'primer nombre, nombre pila, nombre de pila, segundo nombre, nombres',
    LAST_NAME: `
      apellido, apellidos, primer apellido, segundo apellido, apellido paterno, apellido materno,
      apellido uno
    `,
    PERSON_NAME: `
      nombre completo, nombre apellido, nombre y apellidos, nombre apellidos, titular, nombre cliente,
      nombre del cliente, nombre empleado, nombre paciente, conyuge, nombres apellidos, razon nombre
    `,
    STREET: 'calle, nombre calle, numero calle, nombre via, calle numero, avenida',
    ADDRESS: `
      direccion, domicilio, direccion postal, direccion envio, direccion facturacion, residencia,
      datos contacto, datos de contacto
    `,
    POSTCODE: 'codigo postal, cod postal, codpostal',
    CITY: 'ciudad, municipio, localidad, poblacion',
    PLACE_OF_BIRTH: 'lugar de nacimiento, lugar nacimiento, pais nacimiento, ciudad nacimiento',
    DATE_OF_BIRTH: `
      fecha de nacimiento, fecha nacimiento, nacimiento, fec nac, fecha nac, fnac, ano nacimiento,
      anio nacimiento, fecha nacim, cumpleanos, fechanac
    `,
    AGE: 'edad',
    GENDER: 'sexo, genero',
    MARITAL_STATUS: 'estado civil',
    NATIONALITY: 'nacionalidad',
    LANGUAGE: 'lengua materna, idioma materno',
    OCCUPATION: 'ocupacion, profesion',
    NATIONAL_ID: `
      dni, nif, nie, curp, cedula, cedula identidad, cedula de identidad, rut, numero documento,
      documento identidad, numero seguridad social, seguridad social, nss, numero de documento,
      nro documento, cedula ciudadania, run
    `,
    TAX_ID: 'rfc, cuit, cuil, cif, identificacion fiscal, numero fiscal',
    PASSPORT: 'pasaporte, numero pasaporte, numero de pasaporte',
    DRIVER_LICENCE: 'licencia conducir, licencia de conducir, carnet conducir, permiso conducir',
    LICENCE_PLATE: 'matricula vehiculo, patente vehiculo, placa vehiculo',
    CREDIT_CARD: 'tarjeta credito, tarjeta de credito, numero tarjeta, tarjeta bancaria',
    CVV: 'codigo seguridad tarjeta',
    BANK_ACCOUNT: 'cuenta bancaria, numero cuenta, numero de cuenta, clabe, cbu, nro cuenta',
    SALARY: 'salario, sueldo, ingresos, nomina, remuneracion, salario mensual',
    DIAGNOSIS: `
      diagnostico, enfermedad, medicamentos, padecimiento, alergias, baja medica, baja laboral,
      incapacidad temporal, embarazada, embarazo
    `,
    BLOOD_TYPE: 'grupo sanguineo, tipo sangre, tipo de sangre',
    HEALTH_ID: 'numero afiliado, tarjeta sanitaria, historia clinica',
    DISABILITY: 'discapacidad, minusvalia',
    RELIGION: 'credo',
    ETHNICITY: 'etnia, raza, origen etnico',
    SEXUAL_ORIENTATION: 'orientacion sexual',
    POLITICAL_OPINION: 'partido politico, afiliacion politica',
    TRADE_UNION: 'sindicato, afiliacion sindical',
    CRIMINAL_RECORD: 'antecedentes penales, sancion disciplinaria, expediente disciplinario',
    BIOMETRIC: 'huella dactilar, huella',
    PHOTO: 'fotografia',
    SIGNATURE: 'firma',
    PASSWORD: 'contrasena, clave acceso, contrasenia',
    SECRET: 'clave secreta, pregunta secreta',
    USERNAME: 'usuario, nombre usuario, nombre de usuario',
    DATE_OF_DEATH: 'fecha defuncion, fecha de defuncion, fecha fallecimiento, fecha de fallecimiento',
  },
  weak: {
    PERSON_NAME: 'nombre, cliente, empleado',
    FIRST_NAME: 'nombre',
    PASSWORD: 'clave',
    COUNTRY: 'pais',
    CITY: 'provincia, colonia, barrio',
    LICENCE_PLATE: 'matricula, placa, patente',
    FREE_TEXT: 'comentario, comentarios, observaciones, observacion, notas, descripcion, mensaje',
    OCCUPATION: 'cargo, puesto',
    PHOTO: 'foto',
    LANGUAGE: 'idioma',
  },
  people: `
    usuarios, usuario, cliente, clientes, empleado, empleados, paciente, pacientes, persona, personas,
    miembro, alumno, alumnos, estudiante, estudiantes, profesor, contacto, contactos, titular,
    proveedor persona, socio, socios, trabajador, trabajadores, medico, afiliado, inquilino
  `,
  things: `
    producto, productos, empresa, empresas, archivo, grupo, ciudad, pais, articulo, tienda, proyecto,
    sucursal, proveedor, proveedores, departamento, categoria, escuela
  `,
  about:
    'verificado, confirmado, valido, cantidad, es, tiene, estado, tipo, creado, modificado, enviado, activo',
  quantities: 'numero, nro, cantidad',
  nameless: 'numero, nro, num, codigo',
}
