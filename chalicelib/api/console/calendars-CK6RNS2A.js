import{J as e,L as t}from"./chunk-C74RT4KI.js";import"./chunk-2WTMYVGC.js";function o(){return e(t,{title:"Calendars",children:"\u2026"})}export{o as default};
