@echo off
rem What a well-known example program for named shared memory does, with writer and reader:
rem open the mapping ShareMemory and print what is there; if there is none, create it just large
rem enough for its text (20 characters and the NUL behind them) and keep it until a key is pressed.
rem     open-or-create.bat           in two windows: the first creates, the second prints
rem     open-or-create.bat /test     both in this window, without a key
rem Where there is no console, the first keeps it until: writer --name ShareMemory --release
setlocal
call "%~dp0find.bat"
if errorlevel 1 exit /b 2
if /i "%~1"=="/test" goto test

rem Exit status of reader --once: 0 printed, 1 nothing is there, 2 an error, which it has told.
reader --name ShareMemory --once
if %errorlevel%==0 exit /b 0
if not %errorlevel%==1 exit /b 2
writer --name ShareMemory --size 21 --keep "This is common data!"
exit /b %errorlevel%

:test
start "" /b cmd /c call "%~f0" <nul >nul 2>nul
reader --name ShareMemory --wait --timeout 60 >nul
if not %errorlevel%==0 exit /b 1
set "text="
for /f "delims=" %%t in ('call "%~f0"') do set "text=%%t"
set text
writer --name ShareMemory --release --quiet
if not %errorlevel%==0 exit /b 1
if not "%text:~0,19%"=="This is common data" exit /b 1
exit /b 0
