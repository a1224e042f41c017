import { describe, expect, it } from 'vitest'
import { KeyboardDialogue } from '../../../src/ssh/keyboard-dialogue.js'

const login = { host: 'r1', username: 'netops', password: 'secret' }
const answerTo = (prompt: string, echo: boolean, more: object = {}): unknown =>
  new KeyboardDialogue({ ...login, ...more }).reply([{ prompt, echo }])

describe('the keyboard dialogue', () => {
  it.each([
    { name: 'Password:', prompt: 'Password: ', echo: false, answer: 'secret' },
    { name: 'a shown password question of a careless server', prompt: 'password:', echo: true, answer: 'secret' },
    { name: 'a hidden question in another language', prompt: 'Mot de passe : ', echo: false, answer: 'secret' },
    {
      name: 'a host name that holds the word change',
      prompt: "netops@exchange1's password: ",
      echo: false,
      answer: 'secret',
    },
    { name: 'Username:', prompt: 'Username: ', echo: true, answer: 'netops' },
    { name: 'login:', prompt: 'r1 login: ', echo: true, answer: 'netops' },
  ])('answers $name', ({ prompt, echo, answer }) => {
    expect(answerTo(prompt, echo)).toEqual({ answers: [answer] })
  })

  it.each([
    { name: 'a new password', prompt: 'New password: ', echo: false },
    { name: 'a new password again', prompt: 'Retype new password: ', echo: false },
    { name: 'a one-time code', prompt: 'Verification code: ', echo: false },
    { name: 'a token', prompt: 'Enter token:', echo: false },
    { name: 'a menu', prompt: 'Choose [1-3]: ', echo: true },
  ])('does not spend the password on $name', ({ prompt, echo }) => {
    expect(answerTo(prompt, echo)).toMatchObject({ unanswered: prompt.trim() })
  })

  it('gives configured answers by a part of the question', () => {
    const more = { keyboardAnswers: [{ prompt: 'VERIFICATION', answer: '123456' }] }
    expect(answerTo('Verification code: ', false, more)).toEqual({ answers: ['123456'] })
  })

  it('answers several questions of one round', () => {
    const dialogue = new KeyboardDialogue({ ...login, keyboardAnswers: [{ prompt: 'otp', answer: '42' }] })
    const prompts = [
      { prompt: 'Username: ', echo: true },
      { prompt: 'Password: ', echo: false },
      { prompt: 'OTP: ', echo: false },
    ]
    expect(dialogue.reply(prompts)).toEqual({ answers: ['netops', 'secret', '42'] })
  })

  it('does not answer a question that comes back', () => {
    const dialogue = new KeyboardDialogue(login)
    expect(dialogue.reply([{ prompt: 'Password: ' }])).toEqual({ answers: ['secret'] })
    expect(dialogue.reply([{ prompt: 'Password: ' }])).toMatchObject({ unanswered: 'Password:' })
  })

  it('has no answer to a password question without a password', () => {
    expect(new KeyboardDialogue({ host: 'r1', username: 'netops' }).reply([{ prompt: 'Password:' }])).toMatchObject({
      unanswered: 'Password:',
    })
  })
})
