import{lb as o,nb as t}from"./chunk-X3ZK6FCR.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
