@echo off
rem The other half of dialogue.bat: takes questions, calculates, answers. It sends back what it cannot
rem calculate. An empty question ends it.
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2

rem "for /f" passes over an empty line, so an empty question leaves the variable undefined.
:next
set "question="
for /f "delims=" %%q in ('reader --name dialogue.question --take --timeout 600 --to oem') do set "question=%%q"
if not defined question exit /b 0

rem !question! is put in after the line was read, so whatever it contains is text. The answer leaves
rem the inner setlocal alone: a question such as PATH=1 changes nothing that is needed later.
set "answer="
setlocal enabledelayedexpansion
set /a "answer=!question!" 2>nul
endlocal & set "answer=%answer%"
set "send=answer"
if not defined answer set "send=question"
writer --name dialogue.answer --quiet --timeout 60 --env %send%
goto next
