import{a as e,b as t}from"./chunk-CC35GPOO.js";import"./chunk-LPC5Z6MI.js";function o(){return e(t,{title:"Calendars",children:"\u2026"})}export{o as default};
