import type { Pack } from '../pack.ts'

export const pt: Pack = {
  strong: {
    EMAIL: 'correio eletronico, endereco email, endereco eletronico, correio electronico',
    PHONE: `
      telefone, celular, numero telefone, telemovel, numero de telefone, fone, numero celular, tel celular,
      telefone fixo, telefone celular
    `,
    FIRST_NAME: 'primeiro nome, nome proprio',
    LAST_NAME: 'sobrenome, apelido, ultimo nome, nome familia, nome de familia',
    PERSON_NAME: `
      nome completo, nome mae, nome da mae, nome pai, nome do pai, titular, nome cliente, nome do cliente,
      nome social, conjuge, nome paciente, nome aluno, nome funcionario
    `,
    STREET: 'rua, logradouro, numero logradouro, nome rua',
    ADDRESS: `
      endereco, morada, endereco residencial, endereco entrega, endereco cobranca, residencia
    `,
    POSTCODE: 'cep, codigo postal',
    CITY: 'cidade, municipio, localidade, bairro',
    PLACE_OF_BIRTH: 'local de nascimento, local nascimento, naturalidade, cidade nascimento',
    DATE_OF_BIRTH: `
      data de nascimento, data nascimento, nascimento, dt nascimento, data nasc, dt nasc, dtnasc,
      ano nascimento, datanascimento
    `,
    AGE: 'idade, faixa etaria',
    GENDER: 'sexo, genero',
    MARITAL_STATUS: 'estado civil',
    NATIONALITY: 'nacionalidade',
    OCCUPATION: 'profissao, ocupacao',
    NATIONAL_ID: `
      cpf, rg, numero cpf, bilhete identidade, cartao cidadao, identidade, nis, pis, numero rg, cns,
      titulo eleitor
    `,
    TAX_ID: 'nif, numero contribuinte, contribuinte',
    PASSPORT: 'passaporte, numero passaporte',
    DRIVER_LICENCE: 'cnh, carteira motorista, carteira de motorista, carta conducao',
    LICENCE_PLATE: 'placa veiculo',
    CREDIT_CARD: 'cartao credito, cartao de credito, numero cartao',
    BANK_ACCOUNT: 'conta bancaria, numero conta, conta corrente, chave pix, pix',
    SALARY: 'salario, renda, rendimento, remuneracao, renda familiar',
    DIAGNOSIS: `
      diagnostico, doenca, medicamentos, alergias, gravida, gestante, gravidez, baixa medica, atestado medico
    `,
    BLOOD_TYPE: 'grupo sanguineo, tipo sanguineo',
    HEALTH_ID: 'cartao sus, numero utente, numero carteirinha',
    DISABILITY: 'deficiencia',
    RELIGION: 'religiao',
    ETHNICITY: 'etnia, raca, cor raca, raca cor',
    SEXUAL_ORIENTATION: 'orientacao sexual',
    POLITICAL_OPINION: 'partido politico',
    TRADE_UNION: 'sindicato',
    CRIMINAL_RECORD: 'antecedentes criminais, registo criminal',
    BIOMETRIC: 'impressao digital, biometria',
    SIGNATURE: 'assinatura',
    PASSWORD: 'senha, palavra passe, senha hash',
    USERNAME: 'nome usuario, nome de usuario, nome utilizador',
    DATE_OF_DEATH: 'data obito, data de obito, data falecimento, data de falecimento',
  },
  weak: {
    PERSON_NAME: 'nome, cliente, funcionario',
    FIRST_NAME: 'nome',
    LANGUAGE: 'idioma',
    COUNTRY: 'pais',
    CITY: 'estado, uf',
    LICENCE_PLATE: 'placa, matricula',
    FREE_TEXT: 'observacao, observacoes, comentario, comentarios, descricao, mensagem',
    OCCUPATION: 'cargo, funcao',
  },
  people: `
    usuario, usuarios, utilizador, utilizadores, cliente, clientes, funcionario, funcionarios, paciente,
    pacientes, pessoa, pessoas, aluno, alunos, professor, contato, contatos, medico, socio, membro, mae,
    pai, motorista, morador
  `,
  things: `
    produto, produtos, empresa, empresas, arquivo, grupo, cidade, loja, projeto, fornecedor,
    fornecedores, departamento, escola, categoria
  `,
  about: 'verificado, confirmado, valido, quantidade, qtd, tipo, criado, alterado, enviado, ativo',
  quantities: 'numero, quantidade',
  nameless: 'numero, codigo, matricula',
}
